// drizzle: 1.0
import { integer, pgTableCreator } from "drizzle-orm/pg-core";

const createTable = pgTableCreator((name) => `crm_${name}`, "snake_case");

export const leads = createTable("leads", { leadId: integer().primaryKey() });

export const calls = createTable("calls", { aboutLead: integer().references(() => leads.leadId) });
