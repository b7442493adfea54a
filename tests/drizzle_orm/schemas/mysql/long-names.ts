import { int, mysqlTable } from "drizzle-orm/mysql-core";

export const members = mysqlTable("organization_department_members", { memberId: int("organization_member_id").primaryKey() });
export const grants = mysqlTable("organization_department_member_grants", {
  member: int("organization_member_id").references(() => members.memberId),
});
