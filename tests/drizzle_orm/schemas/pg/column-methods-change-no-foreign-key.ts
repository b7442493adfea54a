import { integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import { sql } from "drizzle-orm";

export const roots = pgTable("roots", {
  id: integer("id").primaryKey().generatedAlwaysAsIdentity({ startWith: 10 }),
  alt: integer("alt").generatedByDefaultAsIdentity(),
});

export const leaves = pgTable("leaves", {
  rootId: integer("root_id").$type<5>().references(() => roots.id).default(1).notNull().unique("one_leaf"),
  alt: integer("alt").$defaultFn(() => 3).references(() => roots.alt).$onUpdate(() => 4),
  size: integer("size").generatedAlwaysAs(sql`1 + 1`),
  seen: timestamp("seen").$onUpdateFn(() => new Date()),
  note: text("note").default(sql`'none'`),
});
