import { pgTable } from "drizzle-orm/pg-core";
import { customer } from "./shared";

export const orders = pgTable("orders", { buyer: customer });
