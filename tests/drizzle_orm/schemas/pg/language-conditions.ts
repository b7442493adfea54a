import { integer, pgTable } from "drizzle-orm/pg-core";

const mode: string = "strict";
const limit = 3;

export const a = pgTable("a", { id: integer("id").primaryKey() });
export const b = pgTable("b", { id: integer("id").primaryKey() });

const target = mode === "strict" ? () => a.id : () => b.id;
const pick = limit > 2 && mode !== "loose" ? "cascade" : "set null";
let chosen: any;
if (limit % 2 === 0) chosen = b;
else if (limit % 3 === 0) chosen = a;
switch (mode) {
  case "loose":
    chosen = undefined;
    break;
  default:
    chosen ??= b;
}

export const t = pgTable("t", {
  x: integer("x").references(target, { onDelete: pick }),
  y: integer("y").references(() => chosen.id),
  ...(limit > 5 ? { z: integer("z").references(() => b.id) } : {}),
  ...(mode && { w: integer("w").references(() => b.id) }),
});
