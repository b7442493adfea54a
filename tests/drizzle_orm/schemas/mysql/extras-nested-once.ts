import { foreignKey, int, mysqlTable } from "drizzle-orm/mysql-core";

export const farms = mysqlTable("farms", { id: int("id").primaryKey() });
export const cows = mysqlTable("cows", { farm: int("farm") }, (t) => [
  [foreignKey({ columns: [t.farm], foreignColumns: [farms.id] })] as any,
]);
