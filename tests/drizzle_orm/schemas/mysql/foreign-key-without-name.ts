import { foreignKey, int, mysqlTable } from "drizzle-orm/mysql-core";

export const p = mysqlTable("p", { a: int("a"), b: int("b") });
export const q = mysqlTable("q", { x: int("col_x"), y: int("col_y") }, (t) => [
  foreignKey({ columns: [t.x, t.y], foreignColumns: [p.a, p.b] }).onDelete("cascade").onDelete(undefined as any),
]);
