// drizzle: 1.0
import { defineRelations } from "drizzle-orm";
import { int, mysqlTable } from "drizzle-orm/mysql-core";

export const users = mysqlTable("users", { id: int().primaryKey() });
export const groups = mysqlTable("groups", { id: int().primaryKey() });
export const members = mysqlTable("members", { userId: int("user_id"), groupId: int("group_id") });

export const links = defineRelations({ users, groups, members }, (r) => ({
  users: {
    groups: r.many.groups({ from: r.users.id.through(r.members.userId), to: r.groups.id.through(r.members.groupId) }),
  },
  groups: { users: r.many.users() },
  members: { user: r.one.users({ from: r.members.userId, to: r.users.id }) },
}));
