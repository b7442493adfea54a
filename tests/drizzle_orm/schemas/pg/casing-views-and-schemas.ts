// drizzle: 1.0
import { sql } from "drizzle-orm";
import { camelCase, integer, pgTableCreator, snakeCase } from "drizzle-orm/pg-core";

const shop = camelCase.schema("shop");
const acme = pgTableCreator((name) => `acme_${name}`, "camelCase");

export const buyers = shop.table("buyers", { buyer_id: integer().primaryKey(), first_order: integer() });
export const orders = acme("orders", { order_id: integer().primaryKey(), of_buyer: integer().references(() => buyers.buyer_id) });
export const recent = snakeCase.view("recent_orders", { orderId: integer() }).as(sql`select 1`);
export const lines = snakeCase.table("lines", (t) => ({
  lineId: t.integer().primaryKey(),
  ofOrder: t.integer().references(() => orders.order_id).unique(),
}));
