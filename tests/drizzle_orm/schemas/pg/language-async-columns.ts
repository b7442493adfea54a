// drizzle: 1.0
import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const columns = async () => ({ owner: integer("owner").references(() => users.id) });
const [more] = await Promise.all([Promise.resolve({ editor: integer("editor").references(() => users.id) })]);
export const t = pgTable("t", { ...(await columns()), ...more });
