import * as pg from "drizzle-orm/pg-core";

export const wide = pg.pgTable("wide", {
  a: pg.bigserial("a", { mode: "number" }),
  b: pg.smallserial("b"),
  c: pg.serial("c").primaryKey(),
  d: pg.numeric("d", { precision: 10, scale: 2 }).notNull(),
  e: pg.timestamp("e", { withTimezone: true, mode: "string" }).defaultNow().notNull(),
  f: pg.jsonb("f").$type<{ ok: boolean }>(),
  g: pg.doublePrecision(),
  h: pg.vector("h", { dimensions: 3 }),
  i: pg.inet("i"),
  j: pg.interval("j", { fields: "day" }),
  k: pg.date({ mode: "date" }),
  l: pg.geometry("l", { type: "point", mode: "xy" }),
});
