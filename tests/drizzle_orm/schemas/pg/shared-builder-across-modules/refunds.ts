import { pgTable } from "drizzle-orm/pg-core";
import { customer } from "./shared";

export const refunds = pgTable("refunds", { receiver: customer });
