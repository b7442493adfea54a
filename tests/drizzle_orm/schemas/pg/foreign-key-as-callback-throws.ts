// throws
import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const p = pgTable("p", { id: integer("id").primaryKey() });

export const q = pgTable("q", { p: integer("p") }, (t) => [
  (foreignKey as any)(() => ({ columns: [t.p], foreignColumns: [p.id] })),
]);
