import { integer, pgTable } from "drizzle-orm/pg-core";

const names = { parent: "parent_rows", child: `child_${"rows"}` } as const;
enum Column {
  Parent = "parent_id",
}

export const parents = pgTable(names.parent, { id: integer("id").primaryKey() });

export const children = pgTable(names["child"], {
  parent: integer(Column.Parent).references(() => parents.id),
});
