import { integer, pgTable } from "drizzle-orm/pg-core";
import { users } from "./users.js";
import { groups } from "./groups/index.js";

export * from "./users.js";
export { groups };
export const members = pgTable("members", {
  user: integer("user").references(() => users.id),
  group: integer("group").references(() => groups.id),
});
