// drizzle: 1.0
import * as pg from "drizzle-orm/pg-core";

export const lists = pg.pgTable("lists", {
  a: pg.integer().array("[][]"),
  b: pg.bytea().array(),
  c: pg.bytea().notNull(),
});
