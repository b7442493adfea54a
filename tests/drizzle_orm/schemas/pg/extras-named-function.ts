import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const halls = pgTable("halls", { id: integer("id").primaryKey() });

function constraints(self: any) {
  const toHall = foreignKey({ columns: [self.hallId], foreignColumns: [halls.id], name: "to_hall" });
  return [toHall];
}

export const doors = pgTable("doors", { hallId: integer("hall_id") }, constraints);
