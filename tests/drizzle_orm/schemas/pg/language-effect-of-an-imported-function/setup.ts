import { integer, pgTable, serial } from "drizzle-orm/pg-core";
import { extend } from "./base";

export const users = pgTable("users", { id: serial().primaryKey() });
extend({ owner: integer("owner").references(() => users.id) });
