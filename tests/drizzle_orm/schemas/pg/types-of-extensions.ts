import { bit, geometry, halfvec, pgTable, sparsevec, vector } from "drizzle-orm/pg-core";

export const places = pgTable("places", {
  a: vector({ dimensions: 1536 }),
  b: halfvec("b", { dimensions: 3 }),
  c: sparsevec({ dimensions: 5 }),
  d: bit({ dimensions: 8 }),
  e: geometry("e"),
  f: geometry({ type: "point", mode: "tuple", srid: 4326 }),
});
