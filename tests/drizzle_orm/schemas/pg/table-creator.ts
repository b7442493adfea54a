import { integer, pgTableCreator } from "drizzle-orm/pg-core";

const createTable = pgTableCreator((name) => `shop_${name}`);

export const customers = createTable("customers", { id: integer("id").primaryKey() });

export const orders = createTable("orders", {
  customerId: integer("customer_id").references(() => customers.id),
});
