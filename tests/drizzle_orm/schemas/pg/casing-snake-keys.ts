// drizzle: 0.x
// casing: snake_case
import { integer, pgTable } from "drizzle-orm/pg-core";

export const words = pgTable("wordTable", {
  userID: integer(),
  oauth2Token: integer(),
  HTMLBody: integer(),
  a1b2: integer(),
  fooBAR2Baz: integer(),
  foo1Bar: integer(),
  URLs: integer(),
  ABTest: integer(),
  S3Key: integer(),
  s3Key: integer(),
  _leading: integer(),
  "with-dash x": integer(),
  snake_Case: integer(),
  "it’s_okABC": integer(),
  $dollar: integer(),
  été: integer(),
  explicitName: integer("ExplicitName"),
});
