import { integer, pgTable } from "drizzle-orm/pg-core";
import { audit, timestamps } from "./columns";

export const pages = pgTable("pages", { id: integer("id").primaryKey(), ...timestamps, ...audit() });
