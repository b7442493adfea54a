import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

class Refs {
  static user(name: string) {
    return integer(name).references(() => users.id);
  }
}
class More extends Refs {}

export const t = pgTable("t", { owner: More.user("owner") });
