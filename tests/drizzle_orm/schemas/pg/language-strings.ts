import { integer, pgTable } from "drizzle-orm/pg-core";

const name = " User-Accounts ".trim();
const table = name.toLowerCase().replaceAll("-", "_");

export const accounts = pgTable(table, { id: integer("id").primaryKey() });

export const strings = pgTable("strings", {
  a: integer(table.slice(0, -1) + "_id").references(() => accounts.id),
  b: integer(name.split("-").map((it) => it.charAt(0)).join("")),
  c: integer(["x", "y"].concat("z").join("_").toUpperCase()),
  d: integer(`n${String(1 + 2)}`.repeat(2)),
  e: integer(name.substring(4, 0).concat("_e")),
  f: integer(name.includes("Acc") ? name.substring(0, 4).concat("_f") : "no"),
  g: integer(table.at(-1)! + table.length + table.indexOf("_") + table.lastIndexOf("s") + table.indexOf("?")),
  h: integer("a-b-c".replace("-", "_")),
});
