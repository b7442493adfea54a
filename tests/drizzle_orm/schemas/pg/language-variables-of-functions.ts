import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

function make(flag: boolean) {
  if (flag) {
    var name = "owner";
  }
  var makers: (() => any)[] = [];
  for (let turn = 0; turn < 2; turn++) makers.push(() => integer(`${name}_${turn}`).references(() => users.id));
  for (var last = 0; last < 3; last++);
  return { a: makers[0](), b: makers[1](), c: integer(`c${last}_${arguments.length}`) };
}
export const t = pgTable("t", make(true));
