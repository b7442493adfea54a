import { integer, pgTable } from "drizzle-orm/pg-core";
import { integer as number, sqliteTable } from "drizzle-orm/sqlite-core";

export const server = pgTable("server", { id: integer("id").primaryKey() });
export const device = sqliteTable("device", { server: number("server").references(() => server.id as any) });
