import { integer, pgTable } from "drizzle-orm/pg-core";
import { actions, users } from "./tables";

actions.onDelete = "restrict";
export const likes = pgTable("likes", { userId: integer().references(() => users.id, actions) });
