import { integer, pgTable } from "drizzle-orm/pg-core";
import { users } from "./users.ts";

export { users } from "./users.ts";
export const posts = pgTable("posts", { user: integer("user").references(() => users.id) });
