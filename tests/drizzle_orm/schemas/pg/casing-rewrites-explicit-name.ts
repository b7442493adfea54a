// drizzle: 0.x
// casing: snake_case
import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const orgs = pgTable("orgs", { orgKey: integer().primaryKey() });

export const seats = pgTable("seats", { orgId: integer() }, (t) => [
  foreignKey({ name: "fk_orgId_custom", columns: [t.orgId], foreignColumns: [orgs.orgKey] }),
]);
