// A registry with the packages of one folder, as scripts/build-npm.mjs leaves it, and with nothing else. Prints its
// port.
//
// Source: "Package metadata" in the documentation of npm's registry.

import { createHash } from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";

const folder = process.argv[2];
const packages = fs.readdirSync(path.join(folder, "packages")).map((it) => {
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, "packages", it, "package.json"), "utf8"));
  const tarball = `${manifest.name.replace("@", "").replace("/", "-")}-${manifest.version}.tgz`;
  return { manifest, tarball, bytes: fs.readFileSync(path.join(folder, tarball)) };
});

const server = http.createServer(({ url }, response) => {
  const wanted = decodeURIComponent(url).slice(1);
  const found = packages.find(({ manifest, tarball }) => wanted === manifest.name || wanted === `tarballs/${tarball}`);
  if (found === undefined) {
    response.writeHead(404).end("{}");
  } else if (wanted === found.manifest.name) {
    response.setHeader("content-type", "application/json").end(JSON.stringify(metadata(found)));
  } else {
    response.end(found.bytes);
  }
});

function metadata({ manifest, tarball, bytes }) {
  const { name, version } = manifest;
  const dist = {
    tarball: `http://127.0.0.1:${server.address().port}/tarballs/${tarball}`,
    shasum: createHash("sha1").update(bytes).digest("hex"),
    integrity: `sha512-${createHash("sha512").update(bytes).digest("base64")}`,
  };
  return {
    name,
    "dist-tags": { latest: version },
    versions: { [version]: { ...manifest, dist } },
    // Long enough ago for package managers that distrust what is new.
    time: { [version]: "2020-01-01T00:00:00.000Z" },
  };
}

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
// Whoever started it holds the other end.
process.stdin.on("end", () => process.exit()).resume();
