import { integer, pgTable } from "drizzle-orm/pg-core";

export const größen = pgTable("größen", { id: integer("schlüssel").primaryKey(), "\u{1F600}": integer() });
export const 尺寸 = pgTable("尺寸", { größe: integer("gr\u00f6\x73se").references(() => größen.id) });
