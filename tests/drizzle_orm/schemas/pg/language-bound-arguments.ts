import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const ref = (prefix: string, name: string) => integer(`${prefix}_${name}`).references(() => users.id);
const bound = ref.bind(null, "bound");

export const t = pgTable("t", { owner: bound("owner") });
