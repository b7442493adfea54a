import { integer, pgTable } from "drizzle-orm/pg-core";

declare const React: any;
const same = <T,>(it: T) => it;

export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", { user: same(integer("user").references(() => users.id)) });
export const Badge = () => <b>{"users"}</b>;
