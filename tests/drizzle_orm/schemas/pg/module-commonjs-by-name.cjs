const pg = require("drizzle-orm/pg-core");

const users = pg.pgTable("users", { id: pg.integer("id").primaryKey() });
exports.users = users;
exports.posts = pg.pgTable("posts", { user: pg.integer("user").references(() => users.id) });
