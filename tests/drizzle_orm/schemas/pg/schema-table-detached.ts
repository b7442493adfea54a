import { integer, pgSchema } from "drizzle-orm/pg-core";

const { table } = pgSchema("ops");

export const jobs = table("jobs", { id: integer("id").primaryKey() });

export const logs = table("logs", { jobId: integer("job_id").references(() => jobs.id) });
