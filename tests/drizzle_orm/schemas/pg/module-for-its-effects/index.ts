import { integer, pgTable } from "drizzle-orm/pg-core";
import { columns, hooks } from "./shared";
import "./more";

export * from "./users";
columns.last = integer("last");
hooks.forEach((hook) => hook());
export const t = pgTable("t", columns);
