import { integer, pgTable } from "drizzle-orm/pg-core";
import { secrets } from "./secrets";

export const hints = pgTable("hints", { secretId: integer("secret_id").references(() => secrets.id) });
