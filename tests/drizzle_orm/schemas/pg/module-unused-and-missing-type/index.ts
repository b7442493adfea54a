import { integer, pgTable } from "drizzle-orm/pg-core";
import type { Nothing } from "@acme/not-there";

export interface Shape {
  it: Nothing;
}
export const users = pgTable("users", { id: integer("id").primaryKey() });
