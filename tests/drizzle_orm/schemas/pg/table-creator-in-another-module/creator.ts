import { pgTableCreator } from "drizzle-orm/pg-core";
import { prefix } from "./prefix.js";

export const createTable = pgTableCreator((name) => `${prefix}${name}`);
