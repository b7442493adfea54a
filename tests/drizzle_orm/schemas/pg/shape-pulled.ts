import { sql } from "drizzle-orm";
import { bigint, foreignKey, pgPolicy, pgTable, timestamp, unique, uuid, varchar, type AnyPgColumn } from "drizzle-orm/pg-core";

export const posts = pgTable(
  "posts",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedByDefaultAsIdentity({ name: "posts_id_seq", startWith: 1 }),
    createdAt: timestamp("created_at", { withTimezone: true, mode: "string" }).defaultNow().notNull(),
    parentId: bigint("parent_id", { mode: "number" }),
    tenantId: uuid("tenant_id").default(sql`auth.uid()`),
    slug: varchar({ length: 40 }),
  },
  (table) => [
    foreignKey({ columns: [table.parentId], foreignColumns: [table.id], name: "posts_parent_id_fkey" })
      .onUpdate("cascade")
      .onDelete("set null"),
    unique("posts_slug_key").on(table.slug),
    pgPolicy("read", { as: "permissive", for: "select", to: ["public"], using: sql`true` }),
  ],
);
