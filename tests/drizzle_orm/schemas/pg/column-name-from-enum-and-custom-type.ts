import { customType, integer, pgEnum, pgTable } from "drizzle-orm/pg-core";

const level = pgEnum("level", ["low", "high"]);
const citext = customType<{ data: string }>({ dataType: () => "citext" });

export const users = pgTable("users", {
  email: citext("mail").primaryKey(),
  nick: citext(),
  level: level("access_level").notNull(),
  backup: level(),
});

export const logins = pgTable("logins", { mail: citext("user_mail").references(() => users.email) });
