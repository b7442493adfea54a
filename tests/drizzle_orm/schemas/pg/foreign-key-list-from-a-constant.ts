import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const p = pgTable("p", { a: integer("a"), b: integer("b") });
const target = [p.a, p.b] as [any, any];

export const q = pgTable("q", { a: integer("a"), b: integer("b") }, ({ a, b }) => ({
  pair: foreignKey({ columns: [a, b], foreignColumns: target }),
  options: foreignKey({ ...{ columns: [b], foreignColumns: [target[0]] }, name: "spread" } as any),
}));
