// drizzle: 0.x
import { foreignKey, int, mysqlTable } from "drizzle-orm/mysql-core";

export const p = mysqlTable("p", { id: int("id").primaryKey() });
export const q = mysqlTable("q", { a: int("a"), b: int("b") }, (t) => [
  foreignKey({ name: "q_fk", columns: [t.a], foreignColumns: [p.id] }),
  foreignKey({ name: "q_fk", columns: [t.b], foreignColumns: [p.id] }).onDelete("cascade"),
]);
