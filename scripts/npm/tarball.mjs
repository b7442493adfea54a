// What is in a tarball of npm.

import { gunzipSync } from "node:zlib";

const BLOCK = 512;

/** The files, with the permissions that they will have. npm writes plain headers for names as short as ours. */
export function listTarball(bytes) {
  const tar = gunzipSync(bytes);
  const entries = [];
  for (let at = 0; tar[at] !== 0; ) {
    const size = octal(tar, at + 124, 12);
    entries.push({ path: text(tar, at, 100), mode: octal(tar, at + 100, 8) });
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return entries;
}

function octal(tar, at, length) {
  return Number.parseInt(text(tar, at, length), 8);
}

function text(tar, at, length) {
  return tar.toString("latin1", at, at + length).replace(/\0.*$/s, "").trim();
}
