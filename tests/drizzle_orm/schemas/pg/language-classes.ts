import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

class Names {
  static readonly prefix = "cls";
  static owner = `${Names.prefix}_owner`;
  static ref(name: string) {
    return integer(name).references(() => users.id);
  }
  static get editor() {
    return Names.ref(`${Names.prefix}_editor`);
  }
}

export const t = pgTable("t", { owner: Names.ref(Names.owner), editor: Names.editor });
