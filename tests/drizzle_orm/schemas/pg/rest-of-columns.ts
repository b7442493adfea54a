import { integer, pgTable, text } from "drizzle-orm/pg-core";

export const owners = pgTable("owners", { id: integer("id").primaryKey() });

const all = { id: integer("id").primaryKey(), owner: integer("owner").references(() => owners.id), note: text("note") };
const { note, ...withoutNote } = all;

export const plain = pgTable("plain", withoutNote);
export const noted = pgTable("noted", { note });
