import { integer, timestamp, type AnyPgColumn } from "drizzle-orm/pg-core";
import { users } from "./users";

export const timestamps = {
  createdAt: timestamp("created_at").defaultNow().notNull(),
  updatedAt: timestamp("updated_at"),
};

export const audit = () => ({
  createdBy: integer("created_by").references((): AnyPgColumn => users.id),
  updatedBy: integer("updated_by").references((): AnyPgColumn => users.id, { onDelete: "set null" }),
});
