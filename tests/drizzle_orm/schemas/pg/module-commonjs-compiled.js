"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.posts = exports.users = void 0;
const pg_core_1 = require("drizzle-orm/pg-core");
exports.users = (0, pg_core_1.pgTable)("users", { id: (0, pg_core_1.integer)("id").primaryKey() });
exports.posts = (0, pg_core_1.pgTable)("posts", {
  user: (0, pg_core_1.integer)("user").references(() => exports.users.id, { onDelete: "cascade" }),
});
