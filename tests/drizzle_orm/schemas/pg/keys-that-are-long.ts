import { foreignKey, index, integer, pgTable, primaryKey, unique } from "drizzle-orm/pg-core";

export const first = pgTable(
  "a_table_whose_name_is_rather_long_indeed_it_is_äöü",
  { someRatherLongColumnName: integer("some_rather_long_column_name").unique(), other: integer() },
  (t) => [
    primaryKey({ columns: [t.someRatherLongColumnName, t.other] }),
    unique().on(t.other, t.someRatherLongColumnName),
    index().on(t.someRatherLongColumnName, t.other),
  ],
);

export const second = pgTable(
  "second",
  {
    id: integer().references(() => first.someRatherLongColumnName),
    a: integer("ein_sehr_langer_spaltenname_mit_umlauten_äöüäöüäöüäöü"),
    b: integer(),
  },
  (t) => [
    foreignKey({ columns: [t.a, t.b], foreignColumns: [first.someRatherLongColumnName, first.other] }),
    foreignKey({
      name: "ein_name_von_hand_der_an_der_grenze_von_dreiundsechzig_bytes_äöü_endet",
      columns: [t.b],
      foreignColumns: [first.other],
    }),
  ],
);
