export * from "./setup";
export * from "./posts";
