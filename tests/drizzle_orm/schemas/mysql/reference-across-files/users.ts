import { int, mysqlTable } from "drizzle-orm/mysql-core";
import { posts } from "./posts";

export const users = mysqlTable("users", { id: int().primaryKey(), pinned: int().references((): any => posts.id) });
