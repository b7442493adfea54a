import { integer, pgTable } from "drizzle-orm/pg-core";

class Columns {
  constructor(private readonly prefix: string) {}
  ref(name: string) {
    return integer(`${this.prefix}_${name}`).references(() => users.id);
  }
}

export const users = pgTable("users", { id: integer("id").primaryKey() });
const columns = new Columns("by");
export const t = pgTable("t", { owner: columns.ref("owner") });
