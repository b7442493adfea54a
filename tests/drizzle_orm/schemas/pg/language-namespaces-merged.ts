// drizzle: 0.x
import { integer, pgTable, type AnyPgColumn } from "drizzle-orm/pg-core";

export namespace Db {
  const prefix = "ns_";
  export const users = pgTable(`${prefix}users`, { id: integer("id").primaryKey() });
  export function ref(name: string, to: () => AnyPgColumn = () => users.id) {
    return integer(name).references(to);
  }
  export interface Unused { id: number }
}
export namespace Db {
  export const posts = pgTable("posts", { owner: ref("owner"), self: ref("self", (): AnyPgColumn => users.id) });
  export import people = Db.users;
}
namespace Deep.Inner {
  export const name = "deep";
}
class Factory {}
namespace Factory {
  export const make = (name: string) => pgTable(name, { owner: Db.ref("owner") });
}
declare namespace Nothing {
  const value: string;
}

export import users = Db.users;
import inner = Deep.Inner;
export const { posts } = Db;
export const people = Db.people;
export const made = Factory.make(inner.name);
