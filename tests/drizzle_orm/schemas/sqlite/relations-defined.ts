// drizzle: 1.0
import { defineRelations } from "drizzle-orm";
import { integer, sqliteTable } from "drizzle-orm/sqlite-core";

export const users = sqliteTable("users", { id: integer().primaryKey() });
export const groups = sqliteTable("groups", { id: integer().primaryKey() });
export const members = sqliteTable("members", { userId: integer("user_id"), groupId: integer("group_id") });

export const links = defineRelations({ users, groups, members }, (r) => ({
  users: {
    groups: r.many.groups({ from: r.users.id.through(r.members.userId), to: r.groups.id.through(r.members.groupId) }),
  },
  groups: { users: r.many.users() },
  members: { user: r.one.users({ from: r.members.userId, to: r.users.id }) },
}));
