// drizzle: 1.0
import { integer, snakeCase } from "drizzle-orm/pg-core";

const stock = snakeCase.schema("stock");

export const shelves = stock.table("shelves", { shelfId: integer().primaryKey() });
export const boxes = stock.table("boxes", { onShelf: integer().references(() => shelves.shelfId) });
