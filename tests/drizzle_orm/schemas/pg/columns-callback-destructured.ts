import { pgTable } from "drizzle-orm/pg-core";

export const clubs = pgTable("clubs", ({ uuid }) => ({ id: uuid().defaultRandom().primaryKey() }));

export const players = pgTable("players", ({ uuid, integer: number }) => {
  const clubId = uuid("club_id").references(() => clubs.id);
  return { clubId, number: number() };
});
