import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const p = pgTable("p", { id: integer("id").primaryKey() });
const extras = {
  ofQ(t: any) {
    return { p: foreignKey({ columns: [t.a], foreignColumns: [p.id] }) };
  },
};

export const q = pgTable("q", { a: integer("a") }, extras.ofQ);
