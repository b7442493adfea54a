// drizzle: 0.x
import { int, mysqlTable } from "drizzle-orm/mysql-core";

export const b = mysqlTable("same", { fromB: int("from_b") });
export const a = mysqlTable("same", { fromA: int("from_a") });
