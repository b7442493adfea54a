import tables = require("./tables.cjs");

export const users = tables.users;
export const posts = tables.posts;
