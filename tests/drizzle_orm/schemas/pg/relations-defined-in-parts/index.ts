// drizzle: 1.0
import { defineRelationsPart } from "drizzle-orm";
import * as schema from "./schema";

export * from "./schema";

export const first = defineRelationsPart(schema, (r) => ({
  posts: { author: r.one.users({ from: r.posts.authorId, to: r.users.id }) },
}));
export const second = defineRelationsPart({ users: schema.users, notes: schema.notes }, (r) => ({
  users: { notes: r.many.notes({ from: r.users.id, to: r.notes.userId }) },
}));
export const all = { ...first, ...second };
