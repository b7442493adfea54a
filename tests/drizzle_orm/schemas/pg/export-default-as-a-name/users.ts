import { integer, pgTable } from "drizzle-orm/pg-core";

export default pgTable("users", { id: integer("id").primaryKey() });
