// kit refuses: 1.0
export * from "./people";
export { pets, pets as animals } from "./pets";
