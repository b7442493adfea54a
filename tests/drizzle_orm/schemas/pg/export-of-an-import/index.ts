import people, { pets as animals } from "./tables";

export { animals, people };
