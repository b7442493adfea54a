import { integer, pgTable } from "drizzle-orm/pg-core";

const makePair = (prefix: string) => {
  const head = pgTable(`${prefix}_head`, { id: integer("id").primaryKey() });
  const line = pgTable(`${prefix}_line`, { headId: integer("head_id").references(() => head.id) });
  return { head, line };
};

export const { head: saleHead, line: saleLine } = makePair("sale");
const returns = makePair("return");
export const returnHead = returns.head;
export const returnLine = returns.line;
