// Finds in lines what VS Code finds with the matchers of a task: `node match.mjs TASKS LABEL < LINES`.
//
// Source: `SingleLineMatcher` in src/vs/workbench/contrib/tasks/common/problemMatcher.ts of VS Code, and
// `WatchingProblemCollector` in problemCollectors.ts beside it: lines that begin or end a check hold no
// problem, matchers are tried in their order, and the first that finds file, line and message wins.
import { readFileSync } from "node:fs";

const [tasks, label] = process.argv.slice(2);
const task = JSON.parse(readFileSync(tasks, "utf8")).tasks.find((it) => it.label === label);
const matchers = [task.problemMatcher].flat();
const background = matchers.map((it) => it.background).filter(Boolean);

function problem(line) {
  for (const { pattern } of matchers) {
    const found = new RegExp(pattern.regexp).exec(line);
    const part = (name) => (pattern[name] === undefined ? undefined : found?.[pattern[name]]?.trim());
    const isWhole = part("file") && part("message") && (pattern.kind === "file" || part("line"));
    if (found && isWhole) {
      const numbers = { line: Number(part("line") ?? 0), column: Number(part("column") ?? 0) };
      const [file, severity, code, message] = ["file", "severity", "code", "message"].map(part);
      return { file, ...numbers, severity, code: code ?? null, message };
    }
  }
  return null;
}

const lines = readFileSync(0, "utf8").split("\n").filter((it) => it !== "");
const told = lines.map((line) => ({
  line,
  begins: background.some((it) => new RegExp(it.beginsPattern).test(line)),
  ends: background.some((it) => new RegExp(it.endsPattern).test(line)),
  problem: problem(line),
}));
console.log(JSON.stringify(told));
