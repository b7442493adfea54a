export const answer = 42;
export type Nothing = never;
