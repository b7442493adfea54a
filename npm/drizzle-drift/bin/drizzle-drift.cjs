#!/usr/bin/env node
// Runs the drizzle-drift of this platform, which lies in a package of its own (an optional dependency of this one, so
// that npm installs the one that fits). This file assumes nothing about where it lies, and runs on any Node from 12 on.
"use strict";

const PLATFORMS = ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64", "win32-x64"];
const REPOSITORY = "https://github.com/drizzle-drift/drizzle-drift";

/** What the command itself answers where it cannot do its work. */
const EXIT_FAILURE = 2;

const PASSED_ON = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];

function main() {
  const chosen = process.env.DRIZZLE_DRIFT_BINARY;
  // If it leads back to a launcher, that one runs the binary of the package, and not itself for ever.
  delete process.env.DRIZZLE_DRIFT_BINARY;
  if (chosen) {
    runBeside(require("path").resolve(chosen), `DRIZZLE_DRIFT_BINARY=${chosen}`);
    return;
  }
  const binary = packagedBinary();
  if (binary !== undefined) {
    runInPlace(binary);
    runBeside(binary, binary);
  }
}

/** The path of the binary in the package of this platform. Says what is wrong where there is none. */
function packagedBinary() {
  const platform = `${process.platform}-${process.arch}`;
  const file = process.platform === "win32" ? "drizzle-drift.exe" : "drizzle-drift";
  const binary = resolve(`@drizzle-drift/${platform}/${file}`);
  if (binary === undefined) {
    fail(whyMissing(platform, file));
  }
  return binary;
}

function resolve(file) {
  try {
    return require.resolve(file);
  } catch (error) {
    return undefined;
  }
}

function whyMissing(platform, file) {
  const wanted = `@drizzle-drift/${platform}`;
  if (!PLATFORMS.includes(platform)) {
    return `there is no package for ${platform}, only for ${PLATFORMS.join(", ")}

Build the command with Rust, and call it directly or name it in DRIZZLE_DRIFT_BINARY:

    cargo install --git ${REPOSITORY} drizzle-drift`;
  }
  if (resolve(`${wanted}/package.json`) !== undefined) {
    return `the package ${wanted} is installed, but ${file} is missing in it

Something took it away, such as a virus scanner. Let it pass, remove node_modules, and install again.`;
  }
  const other = PLATFORMS.find((it) => resolve(`@drizzle-drift/${it}/package.json`) !== undefined);
  const cause = other === undefined ? LEFT_OUT : installedFor(other);
  return `the package ${wanted} is not installed, which has the command for this platform

${cause}

Or name a binary in DRIZZLE_DRIFT_BINARY.`;
}

const LEFT_OUT = `It is an optional dependency of the package drizzle-drift. Either
  - optional dependencies were left out: install again without --omit=optional, --no-optional or
    --ignore-optional (or \`omit\` and \`optional\` in .npmrc); or
  - the lockfile was made on another platform and lists only what that one needs
    (https://github.com/npm/cli/issues/4828): remove node_modules and package-lock.json, and install again.`;

function installedFor(other) {
  return `@drizzle-drift/${other} is: node_modules was installed on another platform, and copied or shared.
Remove node_modules here, and install again on this one. For both at once, pnpm and Yarn have \`supportedArchitectures\`.`;
}

/**
 * Becomes the command: nothing stands between it and the terminal or editor any more, and no Node stays in memory.
 * Returns where that is not possible: on Windows, and in Node before 22.15.
 */
function runInPlace(binary) {
  if (process.platform === "win32" || typeof process.execve !== "function") {
    return;
  }
  try {
    // A failure after this one would abort Node before 26.
    require("fs").accessSync(binary, require("fs").constants.X_OK);
    process.execve(binary, [binary].concat(process.argv.slice(2)), process.env);
  } catch (error) {
    // What else starts it, or says why it cannot be started, comes next.
  }
}

/** Runs the command as a child, to its end, and ends as it did. */
function runBeside(binary, name) {
  let child;
  // Listeners keep this process alive, so that the command can finish what it does.
  const passOn = (signal) => {
    // A console of Windows tells all of its processes; a signal from here would end the child at once.
    if (process.platform !== "win32") {
      child.kill(signal);
    }
  };
  const end = (then) => {
    PASSED_ON.forEach((it) => process.removeListener(it, passOn));
    then();
  };
  const failed = (error) => fail(`cannot run ${name}: ${error.message}${hint(error, binary)}`);
  PASSED_ON.forEach((it) => process.on(it, passOn));
  try {
    child = require("child_process").spawn(binary, process.argv.slice(2), { stdio: "inherit" });
  } catch (error) {
    end(() => failed(error));
    return;
  }
  child.on("error", (error) => end(() => failed(error)));
  child.on("exit", (code, signal) => end(() => (signal === null ? process.exit(code) : endBy(signal))));
}

function hint(error, binary) {
  if (error.code === "EACCES") {
    return "\n\nIs it a program, and executable (chmod +x)?";
  }
  if (error.code === "ENOENT" && require("fs").existsSync(binary)) {
    return "\n\nIt is there, but what it needs to run is not: the C library that it was built for, or what is behind its #!.";
  }
  return "";
}

function endBy(signal) {
  // Node starts its debugger on SIGUSR1.
  if (signal !== "SIGUSR1") {
    process.kill(process.pid, signal);
  }
  // Node ignores some signals: then as a shell would tell it.
  process.exit(128 + require("os").constants.signals[signal]);
}

function fail(message) {
  process.exitCode = EXIT_FAILURE;
  console.error(`drizzle-drift: ${message}`);
}

main();
