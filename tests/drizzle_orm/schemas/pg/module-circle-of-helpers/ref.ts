import { integer } from "drizzle-orm/pg-core";
import { users } from "./index";

export const ref = (name: string) => integer(name).notNull().references((): any => users.id);
