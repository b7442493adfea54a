// throws
import { integer, pgTable } from "drizzle-orm/pg-core";

export const holes = pgTable("holes", { id: integer("id").primaryKey(), gone: undefined as any });
