import { integer, pgTable } from "drizzle-orm/pg-core";
import { a } from "./a";

export * from "./a";
export const b = pgTable("b", { id: integer("id").primaryKey(), a: integer("a").references((): any => a.id) });
