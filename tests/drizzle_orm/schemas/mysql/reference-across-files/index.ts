export * from "./posts";
export * from "./users";
