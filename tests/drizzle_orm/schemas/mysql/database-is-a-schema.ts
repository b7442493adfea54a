import { int, mysqlDatabase, mysqlTable } from "drizzle-orm/mysql-core";

const legacy = mysqlDatabase("legacy");

export const old = legacy.table("old", { id: int("id").primaryKey() });
export const fresh = mysqlTable("fresh", { old: int("old").references(() => old.id, { onDelete: "set null" }) });
