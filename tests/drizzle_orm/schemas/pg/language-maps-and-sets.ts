import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });
const tables = new Map<string, any>([["users", users]]);
const ref = (name: string, table: string) => integer(name).references(() => tables.get(table).id);

const columns = new Map<string, any>();
for (const name of new Set(["owner", "editor", "owner"])) columns.set(name, ref(name, "users"));
columns.set("gone", ref("gone", "users")).delete("gone");

export const posts = pgTable("posts", Object.fromEntries(columns));
tables.set("posts", posts);
export const likes = pgTable(`likes_${columns.size}`, { post: integer("post").references(() => tables.get("posts").owner) });
export const all = [...tables.values()].length;
