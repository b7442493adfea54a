import { integer, pgTableCreator } from "drizzle-orm/pg-core";

const snake = (name: string) => name.replace(/([a-z\d])([A-Z])/g, "$1_$2").replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2").toLowerCase();
const table = pgTableCreator((name) => `app_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`);
const pattern = new RegExp("s$", "i");

export const userAccounts = table("userAccounts", { id: integer("id").primaryKey() });
export const blogPosts = table("blogPosts", {
  userAccountID: integer(snake("userAccountID")).references(() => userAccounts.id),
  kebab: integer("by-user-id".replaceAll("-", "_")),
  words: integer("aWordOrTwo".split(/(?=[A-Z])/).map((it) => it.toLowerCase()).join("_")).references(() => userAccounts.id),
  short: integer("names".replace(pattern, "")),
  camel: integer("from_snake_case".replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())),
  named: integer("key:value".replace(/(?<left>\w+):(?<right>\w+)/, "$<right>_$<left>")),
  found: integer("v12".match(/\d+/)![0] + (/^v/.test("v12") ? "yes" : "no")),
});
