// env: DRIFT_TABLE_PREFIX=live
import { integer, pgTableCreator } from "drizzle-orm/pg-core";

const { DRIFT_TABLE_PREFIX: prefix = "app" } = process.env;
const createTable = pgTableCreator((name) => `${prefix}_${name}`);

export const users = createTable("users", { id: integer("id").primaryKey() });
export const posts = createTable("posts", { user: integer("user").references(() => users.id) });
