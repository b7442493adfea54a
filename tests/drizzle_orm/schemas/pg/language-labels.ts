import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const columns: Record<string, any> = {};
outer: for (const a of ["a", "b"]) {
  for (const b of ["c", "d", "e"]) {
    if (b === "d") continue outer;
    columns[a + b] = integer(a + b).references(() => users.id);
  }
}

export const t = pgTable("t", columns);
