import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const members = pgTable("organization_members", { memberId: integer("organization_member_id").primaryKey() });

export const permissions = pgTable(
  "organization_member_permissions",
  {
    memberId: integer("organization_member_id").references(() => members.memberId),
    other: integer("other_member"),
  },
  (t) => [
    foreignKey({
      name: "an_explicit_name_that_is_longer_than_sixty_three_bytes_and_is_therefore_cut_é",
      columns: [t.other],
      foreignColumns: [members.memberId],
    }),
  ],
);
