import { integer, pgTable } from "drizzle-orm/pg-core";

const cascade = "cascade";
const both = { onDelete: cascade, onUpdate: cascade } as const;
const only = { onDelete: "set null" } satisfies { onDelete: "set null" };
const onDelete = "restrict" as const;

export const t = pgTable("t", { id: integer("id").primaryKey() });

export const all = pgTable("all", {
  a: integer("a").references(() => t.id, both),
  b: integer("b").references(() => t.id, { ...both, onUpdate: "no action" }),
  c: integer("c").references(() => t.id, only),
  d: integer("d").references(() => t.id, { onDelete }),
  e: integer("e").references(() => t.id, { ["on" + "Delete"]: `set ${"default"}` } as any),
  f: integer("f").references(() => t.id, Object.freeze({ ...only })),
});
