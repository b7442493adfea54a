import { integer } from "drizzle-orm/pg-core";
import { columns, hooks } from "./shared";
import { users } from "./users";
import { addEditor } from "./editor";

columns.owner = integer("owner").references(() => users.id);
hooks.push(() => void (columns.hooked = integer("hooked").references(() => users.id)));
addEditor();
