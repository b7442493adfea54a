import { integer, pgTable } from "drizzle-orm/pg-core";

const seen = pgTable("seen", { id: integer("id").primaryKey() });
const hidden = pgTable("hidden", { seen: integer("seen").references(() => seen.id) });

export { seen };
export default { seen, hidden };
