// throws, reported
import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

export const t = pgTable("t", { owner: integer("owner").references((async () => users.id) as any) });
