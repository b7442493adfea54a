// throws
import { integer, pgTable } from "drizzle-orm/pg-core";

export const q = pgTable("q", { a: integer("a") }, (() => {}) as any);
