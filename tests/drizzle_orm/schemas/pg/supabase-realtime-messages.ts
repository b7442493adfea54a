import { bigint, pgTable } from "drizzle-orm/pg-core";
import { realtimeMessages } from "drizzle-orm/supabase";

export const reads = pgTable("reads", {
  message: bigint("message", { mode: "number" }).references(() => realtimeMessages.id),
});
