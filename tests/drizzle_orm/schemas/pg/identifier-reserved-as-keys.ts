import { integer, pgTable } from "drizzle-orm/pg-core";

export const odd = pgTable("odd", {
  constructor: integer("constructor_id").primaryKey(),
  default: integer(),
  toString: integer().references((): any => odd.constructor as any),
} as any) as any;
