import { integer, pgEnum, pgMaterializedView, pgSequence, pgTable, pgView, text } from "drizzle-orm/pg-core";
import { sql } from "drizzle-orm";

export const mood = pgEnum("mood", ["good", "bad"]);
export const counter = pgSequence("counter", { startWith: 100 });

export const days = pgTable("days", { id: integer("id").primaryKey(), mood: mood("mood").notNull() });

export const goodDays = pgView("good_days").as((qb) => qb.select().from(days));
export const badDays = pgMaterializedView("bad_days", { id: integer("id") }).as(sql`select id from days`);
export const label = text("label").notNull();
export type Day = typeof days.$inferSelect;
