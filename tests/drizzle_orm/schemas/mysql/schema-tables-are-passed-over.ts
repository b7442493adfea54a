import { int, mysqlSchema, mysqlTable } from "drizzle-orm/mysql-core";

const other = mysqlSchema("other");

export const remote = other.table("remote", { id: int("id").primaryKey() });
export const remoteToo = other.table("remote_too", { r: int("r").references(() => remote.id) });
export const local = mysqlTable("local", { remote: int("remote").references(() => remote.id) });
