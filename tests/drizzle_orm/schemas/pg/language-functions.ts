import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

function ref(this: any, ...parts: string[]) {
  return integer(parts.join("_")).references(() => users.id);
}
const twice = (f: (...parts: string[]) => any) => (name: string) => f(name, name);
const hoisted = before("h");
function before(name = "default", { suffix } = { suffix: "x" }) {
  return ref(name, suffix);
}
const counter = (() => {
  let count = 0;
  return () => `n${++count}`;
})();

export const t = pgTable("t", {
  a: ref("a", "b", "c"),
  b: twice(ref)("twice"),
  hoisted,
  d: before(undefined, { suffix: "y" }),
  e: ref(counter()),
  f: ref(counter()),
  g: ref(...["spread", "args"]),
  h: ref.call(null, "called"),
  i: ref.apply(null, ["applied", "too"]),
  j: (function inner(depth: number): any {
    return depth === 0 ? ref("recursive") : inner(depth - 1);
  })(3),
});
