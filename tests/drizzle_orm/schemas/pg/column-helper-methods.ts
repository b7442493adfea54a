import { integer, pgTable } from "drizzle-orm/pg-core";

const columns = {
  name: "owner",
  id: () => integer("id").primaryKey(),
  owner() {
    return integer(`${this.name}_id`).references(() => users.id);
  },
  get audited() {
    return { auditor: integer("auditor_id").references(() => users.id) };
  },
};

export const users = pgTable("users", { id: columns.id() });
export const houses = pgTable("houses", { id: columns.id(), owner: columns.owner(), ...columns.audited });
