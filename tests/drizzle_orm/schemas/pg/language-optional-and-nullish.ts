import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const settings: { names?: { owner?: string }; make?: (name: string) => any } = { names: {} };
const name = settings.names?.owner ?? "owner_id";
const none = settings.make?.("never");

export const t = pgTable("t", {
  owner: integer(name).references(() => users.id),
  other: none ?? integer("other").references(() => users.id),
  third: integer(settings?.["names"]?.["owner"] || "third"),
});
