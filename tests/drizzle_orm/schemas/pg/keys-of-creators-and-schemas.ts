import { foreignKey, index, integer, pgSchema, pgTableCreator, primaryKey, text, unique } from "drizzle-orm/pg-core";

const acme = pgTableCreator((name) => `acme_${name}`);
const sales = pgSchema("sales");

export const people = acme("people", { id: integer().primaryKey(), email: text().unique() }, (t) => [
  index().on(t.email),
]);
export const deals = sales.table(
  "deals",
  { buyer: integer().references(() => people.id), year: integer(), code: text().unique() },
  (t) => [primaryKey({ columns: [t.buyer, t.year] }), unique().on(t.year, t.code), index().on(t.year)],
);
export const parts = sales.table("parts", { buyer: integer(), year: integer() }, (t) => [
  foreignKey({ columns: [t.buyer, t.year], foreignColumns: [deals.buyer, deals.year] }).onDelete("cascade"),
]);
