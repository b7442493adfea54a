import { index, int, primaryKey, mysqlTable, varchar, unique, uniqueIndex } from "drizzle-orm/mysql-core";

export const singles = mysqlTable("singles", {
  id: int().primaryKey(),
  code: varchar({ length: 20 }).unique(),
  userName: varchar({ length: 20 }).notNull().unique("by_hand"),
});

export const several = mysqlTable(
  "several",
  { orgId: int("org_id"), region: int(), code: varchar({ length: 20 }), other: int() },
  (t) => [
    primaryKey({ columns: [t.orgId, t.region] }),
    unique().on(t.code, t.orgId),
    unique("named_unique").on(t.region, t.other),
    index("named_index").on(t.code),
    uniqueIndex("named_unique_index").on(t.other),
  ],
);

export const oneColumnKey = mysqlTable("one_column_key", { id: int(), b: int() }, (t) => [
  primaryKey({ columns: [t.id] }),
]);

export const namedKey = mysqlTable("named_key", { a: int(), b: int() }, (t) => [
  primaryKey({ columns: [t.a, t.b], name: "chosen" }),
]);

export const oldForm = mysqlTable("old_form", { a: int(), b: int() }, (t) => ({
  pk: primaryKey(t.a, t.b),
  u: unique().on(t.b),
}));
