import { integer, pgTable } from "drizzle-orm/pg-core";
import { schema } from "./barrel";

export const { users } = schema;
export const posts = pgTable("posts", { userId: integer("user_id").references(() => schema.users.id) });
