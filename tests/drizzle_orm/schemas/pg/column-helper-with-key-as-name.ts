import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const userRef = () => integer().notNull().references(() => users.id);

export const chats = pgTable("chats", { sender: userRef(), receiver: userRef() });
