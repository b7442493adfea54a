// drizzle: 1.0
import { integer, snakeCase } from "drizzle-orm/pg-core";

export const files = (snakeCase.table as any).withRLS("files", { fileId: integer().primaryKey() });
export const shares = snakeCase.table("shares", { ofFile: integer().references(() => files.fileId) });
