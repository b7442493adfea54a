import { integer, pgTable, timestamp, uuid } from "drizzle-orm/pg-core";

const id = () => uuid("id").primaryKey().defaultRandom();
const at = (name: string, { required = true } = {}) => {
  const column = timestamp(name, { withTimezone: true });
  return required ? column.notNull() : column;
};
const ref = (name: string, target: () => any, onDelete: "cascade" | "set null" = "cascade") =>
  uuid(name).references(target, { onDelete });

export const rooms = pgTable("rooms", { id: id(), openedAt: at("opened_at") });
export const guests = pgTable("guests", {
  id: id(),
  roomId: ref("room_id", () => rooms.id),
  formerRoomId: ref("former_room_id", () => rooms.id, "set null"),
  leftAt: at("left_at", { required: false }),
  nights: integer(),
});
