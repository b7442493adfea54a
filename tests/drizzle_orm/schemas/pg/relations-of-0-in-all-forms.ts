// drizzle: 0.x
import { relations } from "drizzle-orm";
import { integer, pgSchema, pgTable } from "drizzle-orm/pg-core";

const hr = pgSchema("hr");
export const people = hr.table("people", { id: integer().primaryKey(), bossId: integer("boss_id") });
export const orgs = pgTable("orgs", { id: integer(), region: integer() });
export const seats = pgTable("seats", { personId: integer("person_id"), orgId: integer("org_id"), region: integer() });

export const peopleRelations = relations(people, ({ one, many }) => ({
  boss: one(people, { fields: [people.bossId], references: [people.id], relationName: "boss" }),
  reports: many(people, { relationName: "boss" }),
  seats: many(seats),
  seat: one(seats),
}));

const bySeat = { fields: [seats.personId], references: [people.id] } as const;
export const seatsRelations = relations(seats, (helpers) => {
  const { one } = helpers;
  return {
    person: one(people, { ...bySeat } as any),
    org: one(orgs, { fields: [seats.orgId, seats.region], references: [orgs.id, orgs.region] }),
  };
});
