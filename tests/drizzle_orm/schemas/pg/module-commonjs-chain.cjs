// drizzle: 0.x
const { integer, pgTable } = require("drizzle-orm/pg-core");

const users = (exports.users = pgTable("users", { id: integer("id").primaryKey() }));
const posts = (exports.posts = exports.articles = pgTable("posts", { owner: integer("owner").references(() => users.id) }));
exports.likes = pgTable("likes", { post: integer("post").references(() => posts.owner) });
