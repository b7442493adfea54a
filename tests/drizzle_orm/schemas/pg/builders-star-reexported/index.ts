import { bigint, pgTable } from "./db";

export const seas = pgTable("seas", { id: bigint("id", { mode: "number" }).primaryKey() });

export const ships = pgTable("ships", { sea: bigint("sea", { mode: "bigint" }).references(() => seas.id) });
