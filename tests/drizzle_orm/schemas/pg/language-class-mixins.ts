import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

type Class = new (...args: any[]) => any;
class Base {
  make = (name: string) => integer(name).references(() => users.id);
}
const Owned = <T extends Class>(Parent: T) =>
  class extends Parent {
    owner() {
      return this.make("owner");
    }
  };
const Edited = (Parent: Class) => class extends Parent {
  editor = this.make("editor");
};
class Both extends Edited(Owned(Base)) {}

const both = new Both();
export const t = pgTable("t", both instanceof Base ? { owner: both.owner(), editor: both.editor } : {});
