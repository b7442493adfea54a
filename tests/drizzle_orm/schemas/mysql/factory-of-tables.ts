import { int, mysqlTable } from "drizzle-orm/mysql-core";

const tagsOf = <T extends { id: any }>(name: string, owner: T) =>
  mysqlTable(`${name}_tags`, { ownerId: int(`${name}_id`).notNull().references(() => owner.id, { onDelete: "cascade" }) });

export const posts = mysqlTable("posts", { id: int("id").primaryKey() });
export const photos = mysqlTable("photos", { id: int("id").primaryKey() });
export const [postTags, photoTags] = [tagsOf("post", posts), tagsOf("photo", photos)];
