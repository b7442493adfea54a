import { foreignKey, index, integer, pgTable, unique } from "drizzle-orm/pg-core";

export const zones = pgTable("zones", { x: integer("x"), y: integer("y") }, (t) => [unique().on(t.x, t.y)]);

export const towers = pgTable(
  "towers",
  { zoneX: integer("zone_x").notNull(), zoneY: integer("zone_y").notNull() },
  (t) => [
    index("towers_zone").on(t.zoneX, t.zoneY),
    foreignKey({ columns: [t.zoneX, t.zoneY], foreignColumns: [zones.x, zones.y], name: "towers_zone_fk" })
      .onDelete("cascade")
      .onUpdate("restrict"),
  ],
);
