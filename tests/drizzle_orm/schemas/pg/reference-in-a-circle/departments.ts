import { integer, pgTable, type AnyPgColumn } from "drizzle-orm/pg-core";
import { employees } from "./index";

export const departments = pgTable("departments", {
  id: integer("id").primaryKey(),
  headId: integer("head_id").references((): AnyPgColumn => employees.id, { onDelete: "set null" }),
});
