import { integer, pgTable, timestamp } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey(), seenAt: timestamp("seen_at") });
