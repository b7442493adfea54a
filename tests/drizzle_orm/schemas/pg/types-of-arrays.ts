import * as pg from "drizzle-orm/pg-core";

const mood = pg.pgEnum("mood", ["calm", "cross"]);

export const lists = pg.pgTable("lists", {
  a: pg.integer().array(),
  b: pg.varchar({ length: 9 }).array().notNull(),
  c: pg.text("c_name").array().default([]),
  d: mood("d").array(),
  e: pg.timestamp({ withTimezone: true, precision: 3 }).array(),
  f: pg.numeric({ precision: 5, scale: 1 }).array(),
});
