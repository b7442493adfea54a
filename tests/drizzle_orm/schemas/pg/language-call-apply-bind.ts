import { integer, pgTable, pgSchema } from "drizzle-orm/pg-core";

const table = pgTable.bind(null);
const auth = pgSchema("auth");
const authTable = auth.table.bind(auth);
const int = integer.bind(undefined, "bound") as () => any;

export const users = table("users", { id: integer.call(null, "id").primaryKey() });
export const accounts = authTable("accounts", { user: int().references(() => users.id) });
export const posts = pgTable.apply(null, ["posts", { owner: integer("owner").references(() => users.id) }] as any) as any;

function ref(this: { prefix: string }, name: string) {
  return integer(this.prefix + name).references(() => users.id);
}
const column = integer("late");
const references = column.references.bind(column);
references(() => users.id);
const owner = ref.bind({ prefix: "b_" }, "owner");
export const t = pgTable("t", { owner: owner(), a: ref.call({ prefix: "c_" }, "a"), b: ref.apply({ prefix: "d_" }, ["b"]), column });
