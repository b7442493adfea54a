import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const names = { owner: "owner_id", deep: { editor: "editor_id" } };
const {
  owner,
  deep: { editor, missing = "missing_id" },
  ...rest
} = names as any;
const columns = Object.entries({ owner, editor, missing }).map(([key, name]) => [
  key,
  integer(name as string).references(() => users.id),
]);

export const t = pgTable("t", {
  ...(Object.fromEntries(columns as any) as any),
  keys: integer(Object.keys(names).join("_")),
  values: integer(Object.values({ a: "x", b: "y" }).join("_")),
  has: integer("owner" in names ? "has" : "has_not"),
  rest: integer(`rest_${Object.keys(rest).length}`),
});
