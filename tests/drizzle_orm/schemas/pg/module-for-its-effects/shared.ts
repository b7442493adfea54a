import { integer } from "drizzle-orm/pg-core";

export const columns: Record<string, any> = { id: integer("id").primaryKey() };
export const hooks: (() => void)[] = [];
