// drizzle: 1.0
import { camelCase, foreignKey, integer, pgTable, snakeCase } from "drizzle-orm/pg-core";

export const plain = pgTable("plain", { someKey: integer().primaryKey() });

export const orders = snakeCase.table("orders", {
  buyerId: integer().primaryKey(),
  named: integer("namedHere"),
  HTMLBody: integer(),
  plain: integer().references(() => plain.someKey),
});

export const lines = camelCase.table("lines", { order_id: integer(), other_id: integer() }, (t) => [
  foreignKey({ columns: [t.order_id], foreignColumns: [orders.buyerId] }),
  foreignKey({ columns: [t.other_id], foreignColumns: [orders.HTMLBody], name: "keepThisName" }),
]);
