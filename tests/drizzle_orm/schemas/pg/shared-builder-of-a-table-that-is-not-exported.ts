import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const base = { createdBy: integer("created_by"), owner: integer() };

// What nobody sees names the columns of what everybody sees.
const notes = pgTable("notes", { createdBy: base.createdBy.notNull().references(() => users.id), first: base.owner });
export const drafts = pgTable("drafts", { createdBy: base.createdBy, second: base.owner });
