// drizzle: 0.x
import * as pg from "drizzle-orm/pg-core";

export const lists = pg.pgTable("lists", {
  a: pg.integer().array(3),
  b: pg.text().array().array(),
});
