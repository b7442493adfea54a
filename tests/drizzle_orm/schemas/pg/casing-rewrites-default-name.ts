// drizzle: 0.x
// casing: snake_case
import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { userID: integer().primaryKey() });

// The first match is inside the name of the table.
export const logs = pgTable("mapUserIdLog", { UserId: integer().references(() => users.userID) });
