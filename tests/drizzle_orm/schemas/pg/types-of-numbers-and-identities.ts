import * as pg from "drizzle-orm/pg-core";

export const numbers = pg.pgTable("numbers", {
  a: pg.bigint({ mode: "number" }),
  b: pg.bigint("b", { mode: "bigint" }),
  // PostgreSQL makes it NOT NULL, as it does without being told so.
  c: pg.bigserial({ mode: "bigint" }).notNull(),
  d: pg.smallint(),
  e: pg.integer().generatedAlwaysAsIdentity(),
  f: pg.bigint({ mode: "number" }).generatedByDefaultAsIdentity({ startWith: 1000 }),
  g: pg.integer().generatedAlwaysAs(1 as any),
  h: pg.real(),
  i: pg.doublePrecision("i"),
  j: pg.boolean(),
  k: pg.uuid().defaultRandom(),
  l: pg.json(),
  m: pg.macaddr(),
  n: pg.macaddr8(),
  o: pg.cidr(),
  p: pg.line({ mode: "abc" }),
  q: pg.point(),
  r: pg.date("r", { mode: "string" }),
});
