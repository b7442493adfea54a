export const prefix = "cinema_";
