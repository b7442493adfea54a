import { integer, pgTableCreator } from "drizzle-orm/pg-core";

const project = "lighthouse";
const createTable = pgTableCreator(function (name) {
  const plain = name.toLowerCase().replace("-", "_");
  return plain.startsWith(project) ? plain : [project, plain].join("_");
});

export const beams = createTable("Light-Beams", { id: integer("id").primaryKey() });

export const lamps = createTable("lighthouse_lamps", {
  beam: integer("beam").references(() => beams.id),
});
