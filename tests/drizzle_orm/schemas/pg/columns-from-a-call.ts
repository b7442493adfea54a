import { integer, pgTable } from "drizzle-orm/pg-core";

function base(extra: Record<string, any>) {
  return { id: integer("id").primaryKey(), ...extra };
}

export const firms = pgTable("firms", base({}));

export const offices = pgTable("offices", base({ firmId: integer("firm_id").references(() => firms.id) }) as any);
