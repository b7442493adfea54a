import { integer, pgTableCreator } from "drizzle-orm/pg-core";

const pgTable = pgTableCreator((name) => "audit_" + name);

export const runs = pgTable("runs", { id: integer("id").primaryKey() });

export const steps = pgTable("steps", { runId: integer("run_id").references(() => runs.id) });
