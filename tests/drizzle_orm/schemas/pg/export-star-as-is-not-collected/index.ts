import { integer, pgTable } from "drizzle-orm/pg-core";
import { users } from "./users";

export * as accounts from "./users";

export const posts = pgTable("posts", { userId: integer("user_id").references(() => users.id) });
