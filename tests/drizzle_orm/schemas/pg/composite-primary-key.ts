import { integer, pgTable, primaryKey } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });
export const groups = pgTable("groups", { id: integer("id").primaryKey() });

export const memberships = pgTable(
  "memberships",
  { userId: integer("user_id").references(() => users.id), groupId: integer("group_id").references(() => groups.id) },
  (t) => [primaryKey({ columns: [t.userId, t.groupId], name: "membership" })],
);

export const bans = pgTable("bans", { userId: integer("user_id"), groupId: integer("group_id") }, (t) => ({
  pk: (primaryKey as any)(t.userId, t.groupId),
}));
