import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const roles = ["author", "editor", "hidden"];
const [first, ...others] = roles.filter((role) => role !== "hidden");
const ref = (role: string) => integer(`${role}_id`).references(() => users.id);
const columns: Record<string, any> = {};
others.forEach((role, at) => {
  columns[`${role}${at}`] = ref(role);
});
for (const [at, role] of [...roles].reverse().entries()) {
  if (role === "editor") continue;
  columns[role + at] = ref(`r_${role}`);
}

export const t = pgTable("t", {
  [first]: ref(first),
  ...columns,
  ...Object.fromEntries(roles.flatMap((role) => (role.length > 6 ? [] : [[`f_${role}`, ref(`f_${role}`)]]))),
  found: ref(roles.find((role) => role.startsWith("hid"))!),
  joined: ref(Array.from({ length: 2 }, (_, at) => `n${at}`).join("")),
});
