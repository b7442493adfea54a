// drizzle: 1.0
import core from "drizzle-orm/pg-core";

const { integer, pgTable } = core as any;

export const pots = pgTable("pots", { id: integer("id").primaryKey() });

export const plants = pgTable("plants", { pot: integer("pot").references(() => pots.id) });
