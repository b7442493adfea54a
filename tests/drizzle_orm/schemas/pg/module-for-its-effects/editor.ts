import { integer } from "drizzle-orm/pg-core";
import { columns } from "./shared";
import { users } from "./users";

export function addEditor() {
  columns.editor = integer("editor").references(() => users.id);
}
