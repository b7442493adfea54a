import { customType, integer, pgEnum, pgSchema, pgTable, text } from "drizzle-orm/pg-core";

export const mood = pgEnum("mood", ["calm", "cross"]);
export enum Level { Low = "low", High = "high" }
export const level = pgEnum("level", Level);
const hr = pgSchema("hr");
export const rank = hr.enum("rank", ["junior", "senior"]);
const citext = customType<{ data: string }>({ dataType: () => "citext" });
const money = customType<{ data: number; config: { digits: number } }>({
  dataType(config) {
    return config ? `numeric(${config.digits}, 2)` : "numeric";
  },
});
const loud = customType<{ data: string }>({ dataType: () => "CITEXT" });

export const staff = pgTable("staff", {
  id: integer().primaryKey(),
  a: mood(),
  b: mood("b_name").notNull(),
  c: level(),
  d: rank("d"),
  e: citext(),
  f: citext("f_name"),
  g: money("g", { digits: 12 }),
  h: money({ digits: 3 }),
  i: loud("i"),
  j: text().$type<Level>(),
});
