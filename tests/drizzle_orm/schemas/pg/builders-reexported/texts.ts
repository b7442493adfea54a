export { text, varchar } from "drizzle-orm/pg-core";
