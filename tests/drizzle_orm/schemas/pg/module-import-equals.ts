import pg = require("drizzle-orm/pg-core");
import table = pg.pgTable;

export const users = table("users", { id: pg.integer("id").primaryKey() });
export const posts = table("posts", { user: pg.integer("user").references(() => users.id) });
