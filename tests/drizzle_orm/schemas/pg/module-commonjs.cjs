const { integer, pgTable } = require("drizzle-orm/pg-core");

const users = pgTable("users", { id: integer("id").primaryKey() });
const posts = pgTable("posts", { user: integer("user").references(() => users.id, { onDelete: "cascade" }) });

module.exports = { users, posts };
