import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

function named(name: string) {
  try {
    if (name === "") throw new Error("no name");
    return name;
  } catch {
    return "fallback";
  } finally {
    void 0;
  }
}

export const t = pgTable("t", {
  a: integer(named("a")).references(() => users.id),
  b: integer(named("")).references(() => users.id),
});
