import { integer, pgPolicy, pgRole, pgTable } from "drizzle-orm/pg-core";
import { sql } from "drizzle-orm";

export const reader = pgRole("reader");

export const files = pgTable("files", { id: integer("id").primaryKey() }).enableRLS();

export const shares = pgTable("shares", { fileId: integer("file_id").references(() => files.id) }, (t) => [
  pgPolicy("read_shares", { for: "select", to: reader, using: sql`${t.fileId} > 0` }),
]).enableRLS();
