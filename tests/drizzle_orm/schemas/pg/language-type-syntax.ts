import { integer, pgTable, type AnyPgColumn } from "drizzle-orm/pg-core";

abstract class Model<out T> {
  declare readonly it: T;
}
type Columns = { [K in "a" | "b"]: unknown };
function ref(name: "a"): ReturnType<typeof integer>;
function ref(name: "b"): ReturnType<typeof integer>;
function ref(name: string): any {
  return integer(name).references((): AnyPgColumn => users.id);
}

export const users = pgTable("users", { id: integer("id").primaryKey() });
export const t = pgTable("t", { a: ref("a"), b: ref("b") } satisfies Columns as const);
export declare const ghost: Model<string>;
export type T = typeof t;
