// Finds in lines what the output filter of an external tool of JetBrains finds: `node jetbrains.mjs FILTER < LINES`.
//
// Source: `RegexpFilter` in com.intellij.execution.filters of IntelliJ: macros become these expressions, and
// a path is looked for as it is, so that a relative one opens nothing.
import { readFileSync } from "node:fs";

const expression = process.argv[2]
  .replaceAll("$FILE_PATH$", "(?<file>(?:[A-Za-z]\\:)?[0-9 a-z_A-Z\\-\\\\./]+)")
  .replaceAll("$LINE$", "(?<line>[0-9]+)")
  .replaceAll("$COLUMN$", "(?<column>[0-9]+)");
const filter = new RegExp(expression, "m");

const lines = readFileSync(0, "utf8").split("\n");
const found = lines.map((line) => filter.exec(line)?.groups).filter(Boolean);
const links = found.map(({ file, line, column }) => ({ file, line: Number(line), column: Number(column) }));
console.log(JSON.stringify(links.filter(({ file }) => file.startsWith("/"))));
