import { integer, pgTable, text } from "drizzle-orm/pg-core";

export const tenants = pgTable("tenants", { id: integer("id").primaryKey() });

type Mixin = () => Record<string, any>;
const compose = (...mixins: Mixin[]) => mixins.reduce((all, mixin) => Object.assign(all, mixin()), {} as Record<string, any>);
const withTenant: Mixin = () => ({
  tenantId: integer("tenant_id").notNull().references(() => tenants.id, { onDelete: "cascade" }),
});
const withName: Mixin = () => ({ name: text("name").notNull() });

export const sites = pgTable("sites", compose(withTenant, withName));
export const pages = pgTable("pages", compose(withName, withTenant));
