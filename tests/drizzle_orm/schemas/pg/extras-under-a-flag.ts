import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

const strict = true;
export const p = pgTable("p", { id: integer("id").primaryKey() });
const self = (t: any) => [foreignKey({ columns: [t.a], foreignColumns: [p.id] })];

export const q = pgTable("q", { a: integer("a") }, strict ? self : undefined);
export const r = pgTable("r", { a: integer("a") }, (strict as boolean) === false ? self : undefined);
