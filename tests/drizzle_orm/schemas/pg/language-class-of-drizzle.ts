// differs: a class that extends one of drizzle-orm is not evaluated
import { integer, PgIntegerBuilder, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

class Ref extends PgIntegerBuilder {
  constructor(name: string) {
    super(name);
    this.references(() => users.id);
  }
}

export const t = pgTable("t", { owner: new Ref("owner") });
