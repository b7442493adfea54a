// throws
import { foreignKey, int, mysqlTable } from "drizzle-orm/mysql-core";

export const p = mysqlTable("p", { id: int("id").primaryKey() });
export const q = mysqlTable("q", { p: int("p") }, (t) => [
  (foreignKey as any)(() => ({ columns: [t.p], foreignColumns: [p.id] })),
]);
