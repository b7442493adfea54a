import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

export const columns: Record<string, any> = {};

function add(name: string) {
  columns[name] = integer(name).references(() => users.id, { onDelete: "cascade" });
}
function addNote(to: Record<string, any>) {
  to.note = integer("note");
}

add("owner");
for (const name of ["editor", "reader"]) add(name);
addNote(columns);
