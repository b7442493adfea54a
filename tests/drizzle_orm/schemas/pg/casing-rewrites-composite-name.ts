// drizzle: 0.x
// casing: snake_case
import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const sites = pgTable("sites", { orgId: integer(), siteId: integer() });

export const beds = pgTable("beds", { orgId: integer(), siteId: integer(), kept: integer("keptId") }, (t) => [
  foreignKey({ columns: [t.orgId, t.siteId], foreignColumns: [sites.orgId, sites.siteId] }),
  foreignKey({ columns: [t.kept], foreignColumns: [sites.siteId] }),
]);
