import { integer, pgTable } from "drizzle-orm/pg-core";

const key = "id" as const;
export const a = pgTable("a", { [key]: integer("id").primaryKey(), code: integer("code").unique() });
const pick = (what: "id" | "code") => () => a[what];

export const c = pgTable("c", { x: integer("x").references(pick(key)), y: integer("y").references(pick("code")) });
