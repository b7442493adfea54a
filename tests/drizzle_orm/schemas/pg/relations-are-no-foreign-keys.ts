// drizzle: 0.x
import { relations } from "drizzle-orm";
import { integer, pgTable } from "drizzle-orm/pg-core";

export const teams = pgTable("teams", { id: integer("id").primaryKey() });
export const games = pgTable("games", { home: integer("home").notNull(), away: integer("away").references(() => teams.id) });

export const gameRelations = relations(games, ({ one }) => ({
  home: one(teams, { fields: [games.home], references: [teams.id] }),
}));
export const teamRelations = relations(teams, ({ many }) => ({ games: many(games) }));
