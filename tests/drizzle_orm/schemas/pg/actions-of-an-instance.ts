import { foreignKey, integer, pgTable, serial } from "drizzle-orm/pg-core";

class Actions {
  onUpdate = "cascade" as const;
  get onDelete() {
    return "restrict" as const;
  }
}

class Key {
  constructor(public columns: any, public foreignColumns: any) {}
  get name() {
    return "named";
  }
}

export const users = pgTable("users", { id: serial().primaryKey() });
export const posts = pgTable(
  "posts",
  { userId: integer().references(() => users.id, new Actions()), ownerId: integer() },
  (t) => [foreignKey(new Key([t.ownerId], [users.id]) as any)],
);
