import { integer, pgTable } from "drizzle-orm/pg-core";
import { users } from "../auth";

export const carts = pgTable("carts", { userId: integer("user_id").references(() => users.id) });
