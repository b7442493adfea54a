import core = require("drizzle-orm/pg-core");

const users = core.pgTable("users", { id: core.integer("id").primaryKey() });
const posts = core.pgTable("posts", { owner: core.integer("owner").references(() => users.id) });

export = { users, posts };
