import { pgTable } from "drizzle-orm/pg-core";
import { columns, users } from "./columns";

export { users };
export const t = pgTable("t", columns);
