import { serial } from "drizzle-orm/pg-core";

export const base: any = { id: serial().primaryKey() };
export const extend = (columns: any) => Object.assign(base, columns);
