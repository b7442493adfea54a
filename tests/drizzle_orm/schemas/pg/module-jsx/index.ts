// drizzle: 0.x
export * from "./view";
