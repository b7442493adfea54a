export * as schema from "./users";
