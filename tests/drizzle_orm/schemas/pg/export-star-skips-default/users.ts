import { integer, pgTable } from "drizzle-orm/pg-core";

const users = pgTable("users", { id: integer("id").primaryKey() });
export default users;
export const posts = pgTable("posts", { user: integer("user").references(() => users.id) });
