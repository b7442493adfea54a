import { foreignKey, index, int, mysqlTable, primaryKey, unique, uniqueIndex } from "drizzle-orm/mysql-core";

export const zones = mysqlTable("zones", { x: int("x"), y: int("y") }, (t) => [primaryKey({ columns: [t.x, t.y] })]);
export const towers = mysqlTable("towers", { x: int("zx"), y: int("zy") }, (t) => [
  index("by_x").on(t.x),
  unique().on(t.y),
  uniqueIndex("both").on(t.x, t.y),
  foreignKey({ columns: [t.x, t.y], foreignColumns: [zones.x, zones.y], name: "towers_fk" }).onDelete("restrict"),
]);
