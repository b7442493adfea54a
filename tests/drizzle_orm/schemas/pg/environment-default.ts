import { integer, pgTableCreator } from "drizzle-orm/pg-core";

const prefix = process.env.DRIFT_TABLE_PREFIX ?? "app";
const createTable = pgTableCreator((name) => `${prefix}_${name}`);

export const users = createTable("users", { id: integer("id").primaryKey() });
export const posts = createTable("posts", { user: integer("user").references(() => users.id) });
