import { pgTable } from "drizzle-orm/pg-core";
import { base } from "./base";

export const posts = pgTable("posts", { ...base });
