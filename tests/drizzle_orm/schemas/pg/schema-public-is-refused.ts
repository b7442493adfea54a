// throws
import { integer, pgSchema } from "drizzle-orm/pg-core";

export const main = pgSchema("public");

export const things = main.table("things", { id: integer("id").primaryKey() });
