// drizzle: 1.0
import { defineRelations } from "drizzle-orm";
import { integer, pgTable } from "drizzle-orm/pg-core";

export const a = pgTable("a", { x: integer(), y: integer() });
export const b = pgTable("b", { z: integer() });
export const ab = pgTable("a_b", { ax: integer("a_x"), ay: integer("a_y"), bz: integer("b_z") });

export const links = defineRelations({ a, b, ab }, (r) => ({
  a: {
    bs: r.many.b({
      from: [r.a.x.through(r.ab.ax), r.a.y.through(r.ab.ay)],
      to: r.b.z.through(r.ab.bz),
    }),
  },
  b: { as: r.many.a() },
}));
