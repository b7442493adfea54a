// drizzle: 1.0
import { defineRelations } from "drizzle-orm";
import { integer, pgTable } from "drizzle-orm/pg-core";

export const teams = pgTable("teams", { id: integer("id").primaryKey() });
export const games = pgTable("games", {
  homeId: integer("home").notNull(),
  awayId: integer("away").references(() => teams.id),
});

export const links = defineRelations({ teams, games }, (r) => ({
  games: { home: r.one.teams({ from: r.games.homeId, to: r.teams.id }) },
}));
