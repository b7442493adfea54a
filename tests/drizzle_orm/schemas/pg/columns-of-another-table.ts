import { getTableColumns } from "drizzle-orm";
import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey(), boss: integer("boss") });

const { id } = getTableColumns(users);

export const pets = pgTable("pets", { owner: integer("owner").references(() => id) });
