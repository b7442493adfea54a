import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const base = { createdBy: integer("created_by") };

export const notes = pgTable("notes", { createdBy: base.createdBy.notNull().references(() => users.id) });
export const drafts = pgTable("drafts", { createdBy: base.createdBy });
