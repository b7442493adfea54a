#!/usr/bin/env node
// Makes the npm packages: drizzle-drift, and @drizzle-drift/OS-CPU for each platform that there is a binary for.
//
//     node scripts/build-npm.mjs [--binary FILE] [--binaries DIR] [--require-all] [--tag TAG] [--out DIR]
//
//     --binary FILE    the binary of the platform that this runs on
//     --binaries DIR   binaries by Rust target, as the release workflow builds them: DIR/TARGET/drizzle-drift, and
//                      DIR/x86_64-pc-windows-msvc/drizzle-drift.exe; npm/platforms.json lists the targets. Where
//                      THIRD-PARTY-LICENSES lies beside one, the package has that; else cargo tells what is in it
//     --require-all    for releases: every platform has to be in DIR, and nothing may need a C library of the system
//     --tag TAG        refuses to go on where TAG is not "v" and the version in Cargo.toml
//     --out DIR        where the packages go: the tarballs, and their folders in DIR/packages (target/npm)
//
// Where neither option has a binary for the platform that this runs on, cargo builds one, optimised. Standard output is
// the paths of the tarballs, one per line, in the order in which they are to be published: the platforms first, so that
// nobody can install a drizzle-drift whose platforms are not there yet. Every binary is looked into: one that is of
// another platform than its place says is refused. Exit status 1 where anything is wrong; then there are no tarballs.

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { describe, inspect } from "./npm/executable.mjs";
import { commandManifest, platformManifest, readVersion } from "./npm/manifests.mjs";
import { listTarball } from "./npm/tarball.mjs";
import { thirdPartyLicenses } from "./third-party-licenses.mjs";

const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const LICENSES = ["LICENSE-MIT", "LICENSE-APACHE"];

/** The licenses of what is linked into a binary; archives of a release have it beside theirs. */
const THIRD_PARTY = "THIRD-PARTY-LICENSES";

/** A mistake of whoever calls this, told without a stack. */
class Refusal extends Error {}

function main() {
  const options = readOptions();
  const out = prepareFolder(options.out);
  const version = readVersion(REPOSITORY);
  if (options.tag !== undefined && options.tag !== `v${version}`) {
    throw new Refusal(`the tag is ${options.tag}, but Cargo.toml says that this is version ${version}`);
  }
  const platforms = JSON.parse(read("npm/platforms.json"));
  const built = findBinaries(platforms, options);
  for (const platform of built) {
    checkBinary(platform, options);
  }
  const packages = [...built.map((it) => writePlatformPackage(out, it)), writeCommandPackage(out, platforms)];
  checkVersion(built, packages, version);
  for (const tarball of pack(out, packages, version)) {
    console.log(tarball);
  }
}

function readOptions() {
  const options = {
    binary: { type: "string" },
    binaries: { type: "string" },
    "require-all": { type: "boolean", default: false },
    tag: { type: "string" },
    out: { type: "string", default: path.join(REPOSITORY, "target/npm") },
  };
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    throw new Refusal(`${error.message} (the head of scripts/build-npm.mjs says what there is)`);
  }
}

/** The platforms that there is a binary for, each with its path. */
function findBinaries(platforms, options) {
  const found = platforms.map((platform) => ({ ...platform, binary: prebuilt(platform, options.binaries) }));
  if (options.binaries !== undefined) {
    tellOfOthers(options.binaries, platforms);
  }
  const missing = found.filter((it) => it.binary === undefined).map((it) => it.target);
  if (options["require-all"] && missing.length > 0) {
    const where = options.binaries ?? "--binaries, which was not given";
    throw new Refusal(`no binary for ${missing.join(", ")} in ${where}`);
  }
  const own = found.find((it) => isThisPlatform(it));
  if (options.binary !== undefined) {
    useGivenBinary(own, options.binary);
  } else if (own !== undefined && own.binary === undefined) {
    own.binary = buildBinary();
  }
  return found.filter((it) => it.binary !== undefined);
}

function isThisPlatform({ os, cpu }) {
  return os === process.platform && cpu === process.arch;
}

function prebuilt(platform, folder) {
  if (folder === undefined) {
    return undefined;
  }
  if (!fs.existsSync(folder)) {
    throw new Refusal(`there is no folder ${folder}`);
  }
  const binary = path.join(folder, platform.target, fileName(platform));
  return fs.existsSync(binary) ? binary : undefined;
}

function tellOfOthers(folder, platforms) {
  const known = platforms.map((it) => it.target);
  for (const name of fs.readdirSync(folder).filter((it) => !known.includes(it))) {
    say(`left out ${path.join(folder, name)}: no package is made of it`);
  }
}

function useGivenBinary(own, binary) {
  if (own === undefined) {
    throw new Refusal(`no package is made for ${process.platform}-${process.arch}, which --binary would be for`);
  }
  if (own.binary !== undefined) {
    throw new Refusal(`both ${binary} and ${own.binary} are for ${own.target}`);
  }
  if (!fs.existsSync(binary)) {
    throw new Refusal(`there is no file ${binary}`);
  }
  own.binary = binary;
}

function buildBinary() {
  say("building drizzle-drift");
  const build = ["build", "--release", "--package=drizzle-drift", "--bin=drizzle-drift"];
  const output = run("cargo", [...build, "--locked", "--message-format=json-render-diagnostics"]);
  const messages = output.split("\n").filter(Boolean).map((it) => JSON.parse(it));
  // The library of the same name has no executable.
  return messages.find((it) => it.executable && it.target.name === "drizzle-drift").executable;
}

function checkBinary({ binary, os, cpu, target }, options) {
  const found = inspect(fs.readFileSync(binary));
  if (found.os !== os || found.cpu !== cpu) {
    throw new Refusal(`${binary} has to be a program for ${os} on ${cpu} (${target}), but is ${describe(found)}`);
  }
  if (found.interpreter !== undefined) {
    const fault = `${binary} needs the C library of a system (${found.interpreter})`;
    if (options["require-all"]) {
      throw new Refusal(`${fault}: build it for ${target}`);
    }
    say(`${fault}: this package is not one to publish`);
  }
}

/** Asks the one binary that can be run here, as it is packed: one that was downloaded may have lost its permissions. */
function checkVersion(built, packages, version) {
  const at = built.findIndex((it) => isThisPlatform(it));
  if (at === -1) {
    return;
  }
  const said = run(path.join(packages[at].folder, fileName(built[at])), ["--version"]).trim();
  if (said !== `drizzle-drift ${version}`) {
    throw new Refusal(`${built[at].binary} says that it is "${said}", but Cargo.toml says ${version}`);
  }
}

/** Takes away what an earlier run left in the folder, and nothing else. */
function prepareFolder(out) {
  const folder = path.resolve(out);
  fs.mkdirSync(folder, { recursive: true });
  fs.rmSync(path.join(folder, "packages"), { recursive: true, force: true });
  removeTarballs(folder);
  return folder;
}

function removeTarballs(folder) {
  for (const name of fs.readdirSync(folder).filter((it) => /^drizzle-drift-.*\.tgz$/.test(it))) {
    fs.rmSync(path.join(folder, name));
  }
}

function writePlatformPackage(out, platform) {
  const folder = path.join(out, "packages", `${platform.os}-${platform.cpu}`);
  const manifest = platformManifest(REPOSITORY, platform, [fileName(platform), ...LICENSES, THIRD_PARTY]);
  writePackage(folder, manifest);
  fs.writeFileSync(path.join(folder, THIRD_PARTY), thirdPartyText(platform));
  copyFile(platform.binary, path.join(folder, fileName(platform)), 0o755);
  const words = { package: manifest.name, system: platform.system, cpu: platform.cpu };
  const readme = read("npm/platform/README.md").replace(/\{(\w+)\}/g, (_, word) => words[word]);
  fs.writeFileSync(path.join(folder, "README.md"), readme);
  return { folder, manifest, programs: [fileName(platform)] };
}

function thirdPartyText({ binary, target }) {
  const beside = path.join(path.dirname(binary), THIRD_PARTY);
  return fs.existsSync(beside) ? fs.readFileSync(beside, "utf8") : thirdPartyLicenses(target);
}

function writeCommandPackage(out, platforms) {
  const folder = path.join(out, "packages", "drizzle-drift");
  const launcher = "bin/drizzle-drift.cjs";
  const manifest = commandManifest(REPOSITORY, platforms, launcher, [launcher, "schema.json", ...LICENSES]);
  writePackage(folder, manifest);
  fs.mkdirSync(path.join(folder, "bin"));
  copyFile(path.join(REPOSITORY, "npm/drizzle-drift", launcher), path.join(folder, launcher), 0o755);
  copyFile(path.join(REPOSITORY, "npm/drizzle-drift/README.md"), path.join(folder, "README.md"), 0o644);
  copyFile(path.join(REPOSITORY, "schemas/drizzle-drift.schema.json"), path.join(folder, "schema.json"), 0o644);
  return { folder, manifest, programs: [launcher] };
}

function writePackage(folder, manifest) {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const license of LICENSES) {
    copyFile(path.join(REPOSITORY, license), path.join(folder, license), 0o644);
  }
}

function copyFile(from, to, mode) {
  fs.copyFileSync(from, to);
  fs.chmodSync(to, mode);
}

/** Packs all folders with npm; gives the paths of the tarballs. */
function pack(out, packages, version) {
  const folders = packages.map((it) => it.folder);
  try {
    run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", out, ...folders]);
    return packages.map((it) => checkTarball(path.join(out, tarballName(it.manifest.name, version)), it));
  } catch (error) {
    removeTarballs(out);
    throw error;
  }
}

function tarballName(name, version) {
  return `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
}

/** Nothing is missing, nothing else came along, and programs can be run. */
function checkTarball(tarball, { manifest, programs }) {
  const entries = listTarball(fs.readFileSync(tarball));
  const expected = ["README.md", "package.json", ...manifest.files].sort();
  const found = entries.map((it) => it.path.replace(/^package\//, "")).sort();
  if (found.join() !== expected.join()) {
    throw new Refusal(`${tarball} has ${found.join(", ")}, not ${expected.join(", ")}`);
  }
  const program = entries.find((it) => programs.includes(it.path.replace(/^package\//, "")));
  if ((program.mode & 0o111) !== 0o111) {
    throw new Refusal(`${program.path} in ${tarball} is not executable; pack on another system`);
  }
  return tarball;
}

function fileName({ os }) {
  return os === "win32" ? "drizzle-drift.exe" : "drizzle-drift";
}

function run(program, args) {
  // On Windows npm is a script of the shell.
  const shell = program === "npm" && process.platform === "win32";
  const stdio = ["ignore", "pipe", "inherit"];
  const options = { cwd: REPOSITORY, encoding: "utf8", maxBuffer: 1 << 28, shell, stdio };
  const { error, status, stdout } = spawnSync(program, args, options);
  if (error !== undefined) {
    throw new Refusal(`cannot run ${program}: ${error.message}`);
  }
  if (status !== 0) {
    throw new Refusal(`${program} ${args[0]} failed`);
  }
  return stdout;
}

function read(file) {
  return fs.readFileSync(path.join(REPOSITORY, file), "utf8");
}

function say(message) {
  console.error(`build-npm: ${message}`);
}

try {
  main();
} catch (error) {
  if (!(error instanceof Refusal)) {
    throw error;
  }
  say(error.message);
  process.exitCode = 1;
}
