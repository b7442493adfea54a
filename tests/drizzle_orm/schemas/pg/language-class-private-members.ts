import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

class Names {
  static #taken = 0;
  static readonly prefix: string;
  static {
    Names.prefix = "p";
  }
  #suffix = "id";
  #next() {
    return `${Names.prefix}${++Names.#taken}_${this.#suffix}`;
  }
  set suffix(value: string) {
    this.#suffix = value.toLowerCase();
  }
  ref() {
    return integer(this.#next()).references(() => users.id);
  }
}

const names = new Names();
const first = names.ref();
names.suffix = "KEY";

export const t = pgTable("t", { first, second: names.ref() });
