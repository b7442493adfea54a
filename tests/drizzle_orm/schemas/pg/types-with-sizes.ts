import * as pg from "drizzle-orm/pg-core";

const size = { length: 12 };

export const sizes = pg.pgTable("sizes", {
  a: pg.varchar(),
  b: pg.varchar({ length: 255 }),
  c: pg.varchar("c_name", size),
  d: pg.char(),
  e: pg.char({ length: 3, enum: ["one", "two"] }),
  f: pg.numeric(),
  g: pg.numeric({ precision: 8 }),
  h: pg.numeric("h", { precision: 8, scale: 0, mode: "number" }),
  i: pg.decimal({ precision: 20, scale: 4 }),
  j: pg.numeric({ scale: 2 } as any),
  k: pg.timestamp(),
  l: pg.timestamp({ precision: 3 }),
  m: pg.timestamp({ precision: 6, withTimezone: true }),
  n: pg.timestamp({ precision: 3, mode: "string" }),
  o: pg.timestamp("o", { mode: "string", withTimezone: true, precision: 0 }),
  p: pg.time(),
  q: pg.time({ precision: 2, withTimezone: true }),
  r: pg.interval(),
  s: pg.interval({ fields: "day to second", precision: 3 }),
  t: pg.interval({ precision: 0 }),
  u: pg.text({ enum: ["a", "b"] }),
});
