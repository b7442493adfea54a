// drizzle: 0.x
// casing: camelCase
import { integer, pgTable } from "drizzle-orm/pg-core";

export const words = pgTable("word_table", {
  user_id: integer(),
  oauth2_token: integer(),
  HTMLBody: integer(),
  fooBAR2Baz: integer(),
  URLs: integer(),
  // Both become `s3Key`, and one column is left.
  S3Key: integer(),
  s3Key: integer(),
  "with-dash x": integer(),
  explicit: integer("explicit_name"),
});
