import { integer, pgTable } from "drizzle-orm/pg-core";

// 1.0 counts UTF-16 units where it decides to shorten a name, and code points where it hashes it.
export const a = pgTable("🦀🦀🦀🦀🦀🦀🦀🦀", { id: integer("🐘🐘🐘🐘").primaryKey() });
export const b = pgTable("b", {
  short: integer("🐙").references(() => a.id),
  long: integer("🐙🐙🐙🐙🐙🐙🐙🐙🐙🐙🐙🐙").references(() => a.id),
});
export const c = pgTable("🦑🦑🦑🦑🦑🦑🦑🦑🦑🦑🦑🦑🦑🦑🦑🦑🦑🦑🦑🦑🦑🦑🦑", {
  long: integer("🐙🐙🐙").references(() => a.id),
});
