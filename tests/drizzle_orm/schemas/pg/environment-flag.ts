// env: DRIFT_WITH_TEAMS=true
import { integer, pgTable } from "drizzle-orm/pg-core";

const withTeams = process.env["DRIFT_WITH_TEAMS"] === "true";

export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", {
  user: integer("user").references(() => users.id),
  ...(withTeams ? { team: integer("team").references(() => users.id) } : {}),
});
