import { members } from "./tables";

export { people as users } from "./tables";
export const membersAgain = members;
