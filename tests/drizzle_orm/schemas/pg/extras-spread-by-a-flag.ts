import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

const features = { linked: true, audited: false };

export const racks = pgTable("racks", { id: integer("id").primaryKey() });

export const servers = pgTable("servers", { rack: integer("rack"), auditor: integer("auditor") }, (t) => [
  ...(features.linked ? [foreignKey({ columns: [t.rack], foreignColumns: [racks.id] })] : []),
  ...(features.audited ? [foreignKey({ columns: [t.auditor], foreignColumns: [racks.id] })] : []),
]);
