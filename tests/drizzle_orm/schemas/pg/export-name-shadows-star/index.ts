import { integer, pgTable } from "drizzle-orm/pg-core";

export * from "./base";

export const things = pgTable("own_things", { id: integer("id").primaryKey() });
