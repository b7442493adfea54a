// A client of the language server: starts it, and keeps texts and diagnostics as an editor does.
//
//     node SCENARIO BINARY PROJECT
//
// A scenario says what it expects with `assert`, and ends with status 0.

const assert = require("node:assert/strict");
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const protocol = require("vscode-languageserver-protocol/node");
const { TextDocument } = require("vscode-languageserver-textdocument");

const [binary, project] = process.argv.slice(2);
const PATIENCE = 60_000;

/** What every editor of today can do. */
const CAPABILITIES = {
  general: { positionEncodings: ["utf-16"] },
  workspace: {
    workspaceFolders: true,
    workspaceEdit: { documentChanges: true },
    didChangeWatchedFiles: { dynamicRegistration: true },
  },
  textDocument: {
    publishDiagnostics: { relatedInformation: true, versionSupport: true },
    hover: { contentFormat: ["markdown", "plaintext"] },
    definition: { linkSupport: true },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix"] } } },
  },
};

class Client {
  constructor({ capabilities = CAPABILITIES, folder = project } = {}) {
    this.process = spawn(binary, ["lsp", "--stdio"], { stdio: ["pipe", "pipe", "pipe"], cwd: "/" });
    this.stderr = "";
    this.process.stderr.on("data", (data) => (this.stderr += data));
    this.ended = new Promise((resolve) =>
      this.process.on("exit", (status, signal) => resolve(status ?? signal)),
    );
    this.connection = protocol.createProtocolConnection(
      new protocol.StreamMessageReader(this.process.stdout),
      new protocol.StreamMessageWriter(this.process.stdin),
    );
    this.capabilities = capabilities;
    this.folder = folder;
    /** By URI, as they were last published. */
    this.diagnostics = new Map();
    /** The texts that are open. */
    this.texts = new Map();
    this.registrations = [];
    this.messages = [];
    this.news = new Set();
    this.connection.onNotification("textDocument/publishDiagnostics", (params) => {
      this.diagnostics.set(params.uri, params);
      this.tell();
    });
    this.connection.onNotification("window/showMessage", ({ message }) => {
      this.messages.push(message);
      this.tell();
    });
    this.connection.onRequest("client/registerCapability", ({ registrations }) => {
      this.registrations.push(...registrations);
      this.tell();
    });
    this.connection.listen();
  }

  tell() {
    for (const look of [...this.news]) look();
  }

  /** Waits until `find` finds something; fails with what there is if it never does. */
  until(what, find) {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.news.delete(look);
        const there = JSON.stringify([...this.diagnostics.values()], null, 1);
        reject(new Error(`waited in vain for ${what}; published: ${there}\n${this.stderr}`));
      }, PATIENCE);
      const look = () => {
        const found = find();
        if (!found) return;
        clearTimeout(late);
        this.news.delete(look);
        resolve(found);
      };
      this.news.add(look);
      look();
    });
  }

  async start(more = {}) {
    const uri = this.folder && pathToFileURL(this.folder).href;
    const result = await this.connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri: uri,
      workspaceFolders: uri ? [{ uri, name: "project" }] : null,
      capabilities: this.capabilities,
      ...more,
    });
    await this.connection.sendNotification("initialized", {});
    return result;
  }

  uri(file) {
    return pathToFileURL(path.resolve(this.folder ?? project, file)).href;
  }

  /** Opens a file as it is on the disk, or with another text. */
  async open(file, text = fs.readFileSync(path.resolve(this.folder ?? project, file), "utf8")) {
    const document = TextDocument.create(this.uri(file), "typescript", 1, text);
    this.texts.set(document.uri, document);
    const { uri, languageId, version } = document;
    await this.connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId, version, text },
    });
    return document;
  }

  /** Types: replaces the first `old` in a text by `text`. */
  async replace(document, old, text) {
    const start = document.getText().indexOf(old);
    assert.notEqual(start, -1, `${old} is not there`);
    const range = {
      start: document.positionAt(start),
      end: document.positionAt(start + old.length),
    };
    await this.change(document, [{ range, text }]);
  }

  async change(document, contentChanges) {
    TextDocument.update(document, contentChanges, document.version + 1);
    await this.connection.sendNotification("textDocument/didChange", {
      textDocument: { uri: document.uri, version: document.version },
      contentChanges,
    });
  }

  async save(document) {
    fs.writeFileSync(new URL(document.uri), document.getText());
    await this.connection.sendNotification("textDocument/didSave", {
      textDocument: { uri: document.uri },
    });
  }

  async close(document) {
    this.texts.delete(document.uri);
    await this.connection.sendNotification("textDocument/didClose", {
      textDocument: { uri: document.uri },
    });
  }

  /** Waits for the diagnostics of the newest version of a text. */
  async current(document) {
    const found = await this.until(`version ${document.version} of ${document.uri}`, () => {
      const published = this.diagnostics.get(document.uri);
      return published?.version === document.version ? published : undefined;
    });
    return found.diagnostics;
  }

  /** Waits until the diagnostics of a file are of these rules; those without a rule are errors. */
  rules(uri, expected) {
    return this.until(`${JSON.stringify(expected)} in ${uri}`, () => {
      const published = this.diagnostics.get(uri)?.diagnostics ?? [];
      const rules = published.map((it) => it.code ?? it.message).sort();
      return JSON.stringify(rules) === JSON.stringify([...expected].sort()) && { published };
    });
  }

  at(document, what, into = 1) {
    const offset = document.getText().indexOf(what);
    assert.notEqual(offset, -1, `${what} is not there`);
    return { textDocument: { uri: document.uri }, position: document.positionAt(offset + into) };
  }

  /** Does to the open texts what an edit says. */
  async apply(edit) {
    assert.ok(edit.documentChanges, "the client takes versioned edits");
    for (const { textDocument, edits } of edit.documentChanges) {
      const document = this.texts.get(textDocument.uri);
      assert.ok(document, `${textDocument.uri} is open`);
      assert.equal(textDocument.version, document.version);
      const text = TextDocument.applyEdits(document, edits);
      await this.change(document, [{ text }]);
    }
  }

  async stop() {
    await this.connection.sendRequest("shutdown");
    await this.connection.sendNotification("exit");
    assert.equal(await this.ended, 0, this.stderr);
  }
}

/** The text that a range covers. */
function covered(document, range) {
  return document.getText(range);
}

function run(scenario) {
  scenario().then(
    () => process.exit(0),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
}

module.exports = { CAPABILITIES, Client, assert, covered, fs, path, project, run };
