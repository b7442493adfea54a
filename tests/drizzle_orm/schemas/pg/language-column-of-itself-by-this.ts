import { integer, pgTable } from "drizzle-orm/pg-core";

function table(name: string, columns: (self: { id: any }) => any) {
  const holder: { table?: any } = {};
  holder.table = pgTable(name, { id: integer("id").primaryKey(), ...columns({ id: () => holder.table.id }) });
  return holder.table;
}

export const tree = table("tree", (self) => ({ parent: integer("parent").references(self.id) }));
