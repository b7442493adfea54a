// The package.json of each package, of what Cargo.toml says.

import fs from "node:fs";
import path from "node:path";

/** What the launcher runs on. */
const NODE = ">=12";

export function packageName({ os, cpu }) {
  return `@drizzle-drift/${os}-${cpu}`;
}

export function readVersion(repository) {
  return field(workspace(repository), "version");
}

/** The package that users install: the launcher, with a dependency for each platform. */
export function commandManifest(repository, platforms, launcher, files) {
  const version = readVersion(repository);
  const crate = fs.readFileSync(path.join(repository, "crates/drizzle-drift/Cargo.toml"), "utf8");
  const keywords = ["drizzle-orm", "drizzle-kit", "postgresql", "mysql", "sqlite", "cli"];
  return {
    name: "drizzle-drift",
    version,
    description: field(crate, "description"),
    keywords: [...field(workspace(repository), "keywords"), ...keywords],
    ...common(repository, "npm/drizzle-drift"),
    type: "commonjs",
    bin: { "drizzle-drift": launcher },
    files,
    engines: { node: NODE },
    // Exactly this version: launcher and command are made for each other.
    optionalDependencies: Object.fromEntries(platforms.map((it) => [packageName(it), version])),
  };
}

/** The package with the command for one platform. npm installs it there alone. */
export function platformManifest(repository, platform, files) {
  return {
    name: packageName(platform),
    version: readVersion(repository),
    description: `The command of drizzle-drift for ${platform.system} on ${platform.cpu}`,
    ...common(repository, "npm/platform"),
    files,
    os: [platform.os],
    cpu: [platform.cpu],
    // Yarn would leave it in an archive, where nothing can be run.
    preferUnplugged: true,
  };
}

function common(repository, directory) {
  const home = field(workspace(repository), "repository");
  return {
    homepage: `${home}#readme`,
    bugs: `${home}/issues`,
    // npm holds it against where a release with provenance was built.
    repository: { type: "git", url: `git+${home}.git`, directory },
    license: field(workspace(repository), "license"),
    publishConfig: { access: "public" },
  };
}

function workspace(repository) {
  const text = fs.readFileSync(path.join(repository, "Cargo.toml"), "utf8");
  return text.split("\n[workspace.package]\n")[1].split("\n[")[0];
}

/** The first value of a key: a string, or a list of them on one line, which JSON writes as TOML does. */
function field(toml, key) {
  const line = toml.match(new RegExp(`^${key} = (.*)$`, "m"));
  if (line === null) {
    throw new Error(`no ${key} in Cargo.toml`);
  }
  return JSON.parse(line[1]);
}
