import { integer } from "drizzle-orm/pg-core";
import { createTable } from "./creator";

export const halls = createTable("halls", { id: integer("id").primaryKey() });

export const seats = createTable("seats", { hallId: integer("hall_id").references(() => halls.id) });
