import { integer, pgTable } from "drizzle-orm/pg-core";

const owner = integer();
const zebra = pgTable("zebras", { first: owner });
const ant = pgTable("ants", { second: owner });

export { ant, zebra };
