import { integer, pgTable } from "drizzle-orm/pg-core";
import * as schema from "./users";

export * from "./users";

export const posts = pgTable("posts", { userId: integer("user_id").references(() => schema.users.id) });
