import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const names = ["owner", "editor", "reader"];
names.splice(1, 1);

export const t = pgTable("t", Object.fromEntries(names.map((name) => [name, integer(name).references(() => users.id)])));
