import { integer, pgTable } from "drizzle-orm/pg-core";

export const a = pgTable("a", { id: integer("id").primaryKey() });
const twice: any = { x: integer("first").references(() => a.id), ["x"]: integer("second").references(() => a.id) };
export const b = pgTable("b", twice);
