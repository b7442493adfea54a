export { integer, pgTable as table } from "drizzle-orm/pg-core";
export * from "./texts";
