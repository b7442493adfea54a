import { integer, pgTable } from "drizzle-orm/pg-core";

const root = pgTable("root", { id: integer("id").primaryKey() });
const late = pgTable("late", { root: integer("root").references(() => root.id) });
export let changing = pgTable("changing", { root: integer("root").references(() => root.id) });
export const [first, second] = [1, 2].map((n) =>
  pgTable(`numbered_${n}`, { root: integer("root").references(() => root.id) }),
);
export { root, late as renamed };
export default pgTable("unnamed", { late: integer("late").references(() => root.id) });
