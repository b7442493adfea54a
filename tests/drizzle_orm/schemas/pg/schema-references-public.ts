import { integer, pgSchema, pgTable } from "drizzle-orm/pg-core";

export const billing = pgSchema("billing");

export const tenants = pgTable("tenants", { id: integer("id").primaryKey() });

export const invoices = billing.table("invoices", {
  tenantId: integer("tenant_id").references(() => tenants.id),
});
