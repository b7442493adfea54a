// drizzle: 1.0
import { cockroachEnum, cockroachSchema, cockroachTableCreator, int4, snakeCase } from "drizzle-orm/cockroach-core";

const acme = cockroachTableCreator((name) => `acme_${name}`);
const auth = cockroachSchema("auth");
export const mood = cockroachEnum("mood", ["calm"]);

export const users = auth.table("users", { id: int4().primaryKey(), mood: mood() });
export const teams = acme("teams", (t) => ({ id: t.int4().primaryKey(), owner: t.int4().references(() => users.id) }));
export const seats = snakeCase.table("seats", { teamId: int4().references(() => teams.id), atTable: int4() });
