import { integer, pgSchema, pgTable } from "drizzle-orm/pg-core";

const archive = pgSchema("archive");

export const notes = pgTable("notes", { id: integer("id").primaryKey() });

export const oldNotes = archive.table("notes", {
  id: integer("id").primaryKey(),
  origin: integer("origin").references(() => notes.id),
});
