import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const p = pgTable("p", { id: integer("id").primaryKey() });

const toP = (column: any, name?: string) => foreignKey({ columns: [column], foreignColumns: [p.id], name });

export const q = pgTable("q", { a: integer("a"), b: integer("b"), c: integer("c") }, (t) => {
  const first = toP(t.a).onDelete("cascade");
  first.onUpdate("restrict");
  return [first, ...[t.b, t.c].map((column) => toP(column, `q_${column.name}_to_p`))];
});
