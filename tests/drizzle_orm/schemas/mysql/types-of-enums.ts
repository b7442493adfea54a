import { customType, mysqlEnum, mysqlTable } from "drizzle-orm/mysql-core";

enum Size { Small = "small", Large = "large" }
const colors = ["red", "green"] as const;
const tiny = customType<{ data: boolean }>({ dataType: () => "tinyint(1)" });

export const shirts = mysqlTable("shirts", {
  a: mysqlEnum("a", ["S", "m", "it is"]),
  b: mysqlEnum(["x"]).notNull(),
  c: mysqlEnum("c", colors),
  d: mysqlEnum(Size),
  e: mysqlEnum("e", { One: "one", Two: "two" }),
  f: tiny("f"),
});
