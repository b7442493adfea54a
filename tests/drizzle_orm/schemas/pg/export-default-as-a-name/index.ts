export { default as users } from "./users";
export { default } from "./posts";
