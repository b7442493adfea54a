import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const a = pgTable("a", { x: integer("x"), y: integer("y") });
const keys = (t: any) => [foreignKey({ columns: [t.x, t.y], foreignColumns: [a.x, a.y] })];
const none: any[] = [];

export const t = pgTable("t", { x: integer("x"), y: integer("y") }, (self) => [...none, ...keys(self), ...[]]);
