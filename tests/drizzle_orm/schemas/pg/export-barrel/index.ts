export * from "./people";
export { pets, pets as animals } from "./pets";
