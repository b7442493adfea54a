// drizzle: 1.0
import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const files = pgTable.withRLS("files", { id: integer("id").primaryKey() });

export const shares = pgTable.withRLS("shares", { file: integer("file") }, (t) => [
  foreignKey({ name: "shares_file", columns: [t.file], foreignColumns: [files.id] }),
]);
