import { integer, pgTable, text } from "drizzle-orm/pg-core";

const tagColumns = { id: integer("id").primaryKey(), label: text("label").notNull() };

export const tags = pgTable("tags", tagColumns);

const linkColumns = { tagId: integer("tag_id").references(() => tags.id) } as const;

export const links = pgTable("links", linkColumns);
