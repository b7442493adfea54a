// lint-staged.config.mjs: a function, since the names of staged files are appended to a string
export default {
  "*.{ts,tsx,mts,cts,js,jsx,mjs,cjs,sql,json,jsonc,yaml,lock}": () => "drizzle-drift",
};
