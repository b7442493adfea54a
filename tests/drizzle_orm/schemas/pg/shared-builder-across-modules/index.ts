export * from "./orders";
export * from "./refunds";
export { customers } from "./shared";
