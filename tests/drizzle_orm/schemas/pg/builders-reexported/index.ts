import { integer, table, text } from "./builders";

export const songs = table("songs", { id: integer("id").primaryKey(), title: text("title").notNull() });

export const lyrics = table("lyrics", {
  songId: integer("song_id").references(() => songs.id, { onDelete: "cascade" }),
});
