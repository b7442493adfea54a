import { integer, pgTable } from "drizzle-orm/pg-core";
import owned, { kinds as kindTable } from "./owned";

export { default as owned, kinds } from "./owned";
export const cats = pgTable("cats", { ...owned("cat"), kind: integer("kind").references(() => kindTable.id) });
