import { integer, pgTable } from "drizzle-orm/pg-core";
import { default as people } from "./users";

const posts = pgTable("posts", { user: integer("user").references(() => people.id) });
export default posts;
