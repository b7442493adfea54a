import { integer, pgTable } from "drizzle-orm/pg-core";

function historyOf(target: any, name: string) {
  return pgTable(`${name}_history`, {
    id: integer("id").primaryKey(),
    subjectId: integer(`${name}_id`).notNull().references(() => target.id, { onDelete: "cascade" }),
  });
}

export const recipes = pgTable("recipes", { id: integer("id").primaryKey() });
export const menus = pgTable("menus", { id: integer("id").primaryKey() });
export const recipeHistory = historyOf(recipes, "recipe");
export const menuHistory = historyOf(menus, "menu");
