import { integer, pgSchema } from "drizzle-orm/pg-core";

const hr = pgSchema("hr");
export const grade = hr.enum("grade", ["junior", "senior"]);

export const staff = hr.table("staff", {
  id: integer("id").primaryKey(),
  grade: grade("grade").notNull(),
  boss: integer("boss").references((): any => staff.id),
});
