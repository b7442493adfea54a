import { integer, pgTable } from "drizzle-orm/pg-core";

export const a = pgTable("a", { id: integer("id").primaryKey() });
export let b: any;
{
  const onDelete = "cascade" as const;
  b = pgTable("b", { x: integer("x").references(() => a.id, { onDelete }) });
}
export let c: any = undefined;
if (a) c = pgTable("c", { x: integer("x").references(() => b.x) });
