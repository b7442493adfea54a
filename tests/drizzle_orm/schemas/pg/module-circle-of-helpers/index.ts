import { integer, pgTable } from "drizzle-orm/pg-core";
import { ref } from "./ref";

export function primary() {
  return integer("id").primaryKey();
}

export const users = pgTable("users", { id: primary() });
export const posts = pgTable("posts", { id: primary(), user: ref("user_id") });
