export * from "./tables";
export * from "./changes";
