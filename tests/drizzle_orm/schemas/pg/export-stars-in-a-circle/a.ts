import { integer, pgTable } from "drizzle-orm/pg-core";
import { b } from "./b";

export * from "./b";
export const a = pgTable("a", { id: integer("id").primaryKey(), b: integer("b").references((): any => b.id) });
