import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const columns: Record<string, any> = Object.assign({ id: integer("id").primaryKey() }, { a: integer("a") });
columns.owner = integer("owner_id").references(() => users.id);
columns["second"] = integer("second_id").references(() => users.id);
delete columns.a;

export const houses = pgTable("houses", columns);
