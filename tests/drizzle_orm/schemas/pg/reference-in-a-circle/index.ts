import { integer, pgTable } from "drizzle-orm/pg-core";
import { departments } from "./departments";

export { departments };

export const employees = pgTable("employees", {
  id: integer("id").primaryKey(),
  departmentId: integer("department_id").references(() => departments.id),
});
