// drizzle: 0.x
const { integer, pgTable } = require("drizzle-orm/pg-core");

const users = pgTable("users", { id: integer("id").primaryKey() });
const tables = (module.exports = exports = {
  users,
  posts: pgTable("posts", { owner: integer("owner").references(() => tables.users.id) }),
});
