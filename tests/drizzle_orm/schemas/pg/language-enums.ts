import { integer, pgTable } from "drizzle-orm/pg-core";

enum Tables {
  Users = "user_list",
  Posts = `${"post"}_list`,
}
const enum Level {
  Low,
  Mid = 5,
  High,
}

export const users = pgTable(Tables.Users, { id: integer("id").primaryKey() });
export const posts = pgTable(Tables.Posts, {
  user: integer(`user_${Level.High}`).references(() => users.id),
  level: integer(Level[Level.Mid as number] ?? "none"),
} as any);
