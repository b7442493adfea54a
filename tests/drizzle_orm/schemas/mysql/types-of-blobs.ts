// drizzle: 1.0
import * as my from "drizzle-orm/mysql-core";

export const files = my.mysqlTable("files", {
  a: my.blob(),
  b: my.tinyblob(),
  c: my.mediumblob("c"),
  d: my.longblob(),
  e: my.varchar("e", { length: 20, charSet: "utf8mb4", collation: "utf8mb4_bin" } as any),
});
