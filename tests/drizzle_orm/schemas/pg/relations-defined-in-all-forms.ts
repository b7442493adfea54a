// drizzle: 1.0
import { defineRelations } from "drizzle-orm";
import { integer, pgSchema, pgTable } from "drizzle-orm/pg-core";

const hr = pgSchema("hr");
export const people = hr.table("people", { id: integer().primaryKey(), bossId: integer("boss_id") });
export const orgs = pgTable("orgs", { id: integer(), region: integer() });
export const seats = pgTable("seats_of_orgs", { personId: integer("person_id"), orgId: integer("org_id"), region: integer() });

// Keys are those of this object, not the names of the tables.
export const links = defineRelations({ folk: people, orgs, seats }, (r) => ({
  folk: {
    boss: r.one.folk({ from: r.folk.bossId, to: r.folk.id, alias: "boss" }),
    reports: r.many.folk({ from: r.folk.id, to: r.folk.bossId, alias: "reports" }),
    orgs: r.many.orgs({
      from: r.folk.id.through(r.seats.personId),
      to: r.orgs.id.through(r.seats.orgId),
    }),
    seats: r.many.seats(),
  },
  seats: {
    org: r.one.orgs({ from: [r.seats.orgId, r.seats.region], to: [r.orgs.id, r.orgs.region], optional: false }),
    person: r.one.folk({ from: r.seats.personId, to: r.folk.id, where: { id: { gt: 1 } } }),
  },
}));
