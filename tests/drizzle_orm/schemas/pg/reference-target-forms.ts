import { integer, pgTable, type AnyPgColumn } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey(), code: integer("user_code").unique() });

const toUser = () => users.id;
const maybe = undefined as undefined | (() => AnyPgColumn);

export const uses = pgTable("uses", {
  a: integer("a").references(() => users.id),
  b: integer("b").references(() => {
    return users.code;
  }),
  c: integer("c").references(function () {
    return users.id;
  }),
  d: integer("d").references((): AnyPgColumn => users.id),
  e: integer("e").references(() => users["code"]),
  f: integer("f").references(() => users!.id),
  g: integer("g").references(() => (users as any).id),
  h: integer("h").references(toUser),
  i: integer("i").references(maybe ?? (() => users.code)),
  j: integer("j").references(() => <any>users.id),
  k: integer("k").references(() => users?.id),
  l: integer("l").references(() => (0, users.id)),
});
