import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

function pick(name: string) {
  if (name.length > 3) throw new Error(`${name}_long`);
  return name;
}
function named(name: string) {
  try {
    return pick(name);
  } catch (error) {
    return (error as Error).message;
  }
}
const columns: Record<string, any> = {};
for (const name of ["a", "owner"]) columns[name] = integer(named(name)).references(() => users.id);
export const t = pgTable("t", columns);
