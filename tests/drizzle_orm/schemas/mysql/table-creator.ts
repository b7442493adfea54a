import { int, mysqlTableCreator } from "drizzle-orm/mysql-core";

const mysqlTable = mysqlTableCreator((name) => `shop_${name}`);

export const customers = mysqlTable("customers", { id: int("id").primaryKey() });
export const orders = mysqlTable("orders", {
  customer: int("customer_id").notNull().references(() => customers.id, { onDelete: "cascade" }),
});
