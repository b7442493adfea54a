import { integer, pgTable } from "drizzle-orm/pg-core";

namespace names {
  export const users = "ns_users";
  export namespace inner {
    export const column = "user_id";
  }
}

export const users = pgTable(names.users, { id: integer("id").primaryKey() });
export const posts = pgTable("posts", { user: integer(names.inner.column).references(() => users.id) });
