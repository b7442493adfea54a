// drizzle: 1.0
import { relations } from "drizzle-orm/_relations";
import { integer, pgTable } from "drizzle-orm/pg-core";

export const teams = pgTable("teams", { id: integer("id").primaryKey() });
export const games = pgTable("games", { home: integer("home").references(() => teams.id) });

export const gameRelations = relations(games, ({ one }) => ({
  home: one(teams, { fields: [games.home], references: [teams.id] }),
}));
