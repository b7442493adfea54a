#!/usr/bin/env node
// Prints the licenses of everything that is part of the command for a Rust target: archives and npm packages have it as
// THIRD-PARTY-LICENSES.
//
//     node scripts/third-party-licenses.mjs TARGET
//
// The packages are those that cargo links for the target, the texts are those that lie in their sources. Exit status 1
// where a package has none, and its license is not one that needs no words of its author's.

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Files with the terms of a license, or what its author wants to be said. */
const TERMS = /^((un)?licen[cs]e|copying|copyright|notice)/i;

/** How deep below a package such files are looked for: sources of others have their own. */
const DEPTH = 3;

/** Who holds the rights of packages under MIT alone that come without the text, as their repositories say. */
const HOLDERS = {
  "fast-glob": [
    "Copyright (c) 2025-present VoidZero Inc. & Contributors",
    "Copyright (c) 2024 shulaoda",
    "Copyright (c) 2023 Devon Govett",
  ],
  "nodejs-built-in-modules": ["Copyright (c) 2024-present VoidZero Inc. & Contributors"],
  oxc_resolver: ["Copyright (c) 2024-present VoidZero Inc. & Contributors", "Copyright (c) 2023 Boshen"],
};

/** What is no package of a registry, and is linked all the same. */
const RUST = {
  title: "The Rust standard library",
  license: "MIT OR Apache-2.0",
  home: "https://github.com/rust-lang/rust",
  holders: ["Copyright (c) The Rust Project Contributors"],
};
const MUSL = {
  title: "musl libc",
  license: "MIT",
  home: "https://musl.libc.org",
  holders: ["Copyright (c) 2005-2020 Rich Felker, et al."],
};
const ZIG = {
  title: "The runtime library of zig",
  license: "MIT",
  home: "https://ziglang.org",
  holders: ["Copyright (c) Zig contributors"],
};

/** A license without which nothing may be passed on. */
class Missing extends Error {}

/** The whole text for a Rust target. */
export function thirdPartyLicenses(target) {
  const parts = linked(target).map((it) => ({ ...it, texts: textsOf(it) }));
  const others = [RUST, ...(target.endsWith("-musl") ? [MUSL, ZIG] : [])];
  parts.push(...others.map((it) => ({ ...it, texts: [withHolders(it.holders)] })));
  const lines = parts.map((it) => `- ${it.title}: ${it.license}, ${it.home}`);
  const head = [
    `drizzle-drift for ${target} contains what is listed here, each under the license that is named behind it; where there`,
    "is a choice, one of them is enough. The texts follow.",
  ];
  return [...head, "", ...lines, "", ...grouped(parts)].join("\n");
}

/** The packages of the registry that cargo links for a target. */
function linked(target) {
  const sources = new Map(metadata().packages.map((it) => [`${it.name} v${it.version}`, it]));
  const tree = cargo([
    ...["tree", "--locked", "--package=drizzle-drift", "--edges=normal", `--target=${target}`],
    ...["--prefix=none", "--format={p}"],
  ]);
  const names = new Set(tree.split("\n").map((it) => it.split(" ").slice(0, 2).join(" ")));
  const found = [...names].filter(Boolean).map((it) => sources.get(it));
  return found
    .filter((it) => it.source !== null)
    .sort((one, other) => compare(one.name, other.name) || compare(one.version, other.version))
    .map((it) => ({
      name: it.name,
      title: `${it.name} ${it.version}`,
      license: it.license ?? `see ${it.license_file}`,
      home: it.repository ?? it.homepage ?? "of no known address",
      folder: path.dirname(it.manifest_path),
    }));
}

function metadata() {
  return JSON.parse(cargo(["metadata", "--locked", "--format-version=1"]));
}

function cargo(args) {
  const { status, stdout, stderr, error } = spawnSync("cargo", args, {
    cwd: REPOSITORY,
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  });
  if (status !== 0) {
    throw new Missing(`cargo ${args[0]} failed: ${error?.message ?? stderr}`);
  }
  return stdout;
}

/** By code units, so that the order is the same everywhere. */
function compare(one, other) {
  return one < other ? -1 : Number(one > other);
}

/** The texts in the sources of a package. */
function textsOf({ name, title, license, folder }) {
  const found = filesOfTerms(folder, DEPTH).map((it) => fs.readFileSync(it, "utf8"));
  if (found.length > 0) {
    return found;
  }
  // Its terms are the same whoever the author is.
  if (/\bApache-2\.0\b/.test(license)) {
    return [read("LICENSE-APACHE")];
  }
  if (license === "MIT" && name in HOLDERS) {
    return [withHolders(HOLDERS[name])];
  }
  throw new Missing(`${title} comes without the text of its license (${license}); its repository may have it`);
}

function filesOfTerms(folder, depth) {
  const entries = fs.readdirSync(folder, { withFileTypes: true }).sort((one, other) => compare(one.name, other.name));
  const files = entries.filter((it) => it.isFile() && TERMS.test(it.name)).map((it) => path.join(folder, it.name));
  const folders = depth > 0 ? entries.filter((it) => it.isDirectory()) : [];
  return [...files, ...folders.flatMap((it) => filesOfTerms(path.join(folder, it.name), depth - 1))];
}

/** The terms of MIT with the lines of those who hold the rights. */
function withHolders(holders) {
  return read("LICENSE-MIT").replace(/^Copyright.*$/m, holders.join("\n"));
}

function read(file) {
  return fs.readFileSync(path.join(REPOSITORY, file), "utf8");
}

/** Each text once, below the names of all that have it; texts that differ in blanks alone are the same. */
function grouped(parts) {
  const groups = new Map();
  for (const { title, texts } of parts) {
    for (const text of texts) {
      const key = text.replace(/\s+/g, " ").trim();
      const group = groups.get(key) ?? { text, titles: new Set() };
      groups.set(key, { ...group, titles: group.titles.add(title) });
    }
  }
  const line = "=".repeat(80);
  return [...groups.values()].flatMap(({ text, titles }) => {
    const lines = text.replace(/\r\n?/g, "\n").split("\n").map((it) => it.trimEnd());
    return [line, ...titles, line, "", lines.join("\n").trim(), ""];
  });
}

function main() {
  const [target, ...rest] = process.argv.slice(2);
  if (target === undefined || rest.length > 0) {
    throw new Missing("one Rust target is asked for");
  }
  process.stdout.write(`${thirdPartyLicenses(target).trimEnd()}\n`);
}

if (process.argv[1] !== undefined && fs.realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    main();
  } catch (error) {
    if (!(error instanceof Missing)) {
      throw error;
    }
    console.error(`third-party-licenses: ${error.message}`);
    process.exitCode = 1;
  }
}
