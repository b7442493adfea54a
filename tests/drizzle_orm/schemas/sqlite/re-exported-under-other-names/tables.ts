import { integer, sqliteTable } from "drizzle-orm/sqlite-core";

export const people = sqliteTable("people", { id: integer("id").primaryKey() });
export const members = sqliteTable("members", { person: integer("person").references(() => people.id) });
export const unseen = sqliteTable("unseen", { person: integer("person").references(() => people.id) });
