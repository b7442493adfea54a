import { index, integer, primaryKey, pgTable, text, unique, uniqueIndex } from "drizzle-orm/pg-core";

export const singles = pgTable("singles", {
  id: integer().primaryKey(),
  code: text().unique(),
  userName: text().notNull().unique("by_hand"),
});

export const several = pgTable(
  "several",
  { orgId: integer("org_id"), region: integer(), code: text(), other: integer() },
  (t) => [
    primaryKey({ columns: [t.orgId, t.region] }),
    unique().on(t.code, t.orgId),
    unique("named_unique").on(t.region, t.other),
    index("named_index").on(t.code),
    uniqueIndex("named_unique_index").on(t.other),
  ],
);

export const oneColumnKey = pgTable("one_column_key", { id: integer(), b: integer() }, (t) => [
  primaryKey({ columns: [t.id] }),
]);

export const namedKey = pgTable("named_key", { a: integer(), b: integer() }, (t) => [
  primaryKey({ columns: [t.a, t.b], name: "chosen" }),
]);

export const oldForm = pgTable("old_form", { a: integer(), b: integer() }, (t) => ({
  pk: primaryKey(t.a, t.b),
  u: unique().on(t.b),
}));
