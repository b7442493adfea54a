import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });
const name = (parts: TemplateStringsArray, ...values: unknown[]) => parts.raw.join("?") + values.join("_");
const tags = { of(parts: TemplateStringsArray) { return this.prefix + parts[0]; }, prefix: "p_" };

export const t = pgTable(name`t${1}u${"x"}`, {
  owner: integer(tags.of`owner`).references(() => users.id),
  raw: integer(String.raw`a\n${"b"}`),
});
