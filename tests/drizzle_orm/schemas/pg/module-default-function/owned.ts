import { integer, pgTable } from "drizzle-orm/pg-core";

export const kinds = pgTable("kinds", { id: integer("id").primaryKey() });

export default function (what: string) {
  return { owner: integer(`${what}_owner`).references(() => kinds.id, { onDelete: "restrict" }) };
}
