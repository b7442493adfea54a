// Folders that come and go, folders with other names, and none at all.
const os = require("node:os");
const { pathToFileURL } = require("node:url");
const { TextDocument } = require("vscode-languageserver-textdocument");
const { CAPABILITIES, Client, assert, fs, path, project, run } = require("./client.cjs");

/** A copy of the project. */
function copy(name) {
  const place = fs.mkdtempSync(path.join(os.tmpdir(), "drizzle-drift-"));
  process.on("exit", () => fs.rmSync(place, { recursive: true, force: true }));
  const folder = path.join(place, name);
  fs.cpSync(project, folder, { recursive: true });
  return folder;
}

const href = (...parts) => pathToFileURL(path.join(...parts)).href;

async function come_and_go() {
  const [one, two] = [copy("one"), copy("a folder [2] é#%")];
  const client = new Client({ folder: one });
  await client.start();
  await client.rules(href(one, "src/schema.ts"), ["on-delete-mismatch"]);
  const change = (added, removed) =>
    client.connection.sendNotification("workspace/didChangeWorkspaceFolders", { event: { added, removed } });
  const named = (folder) => ({ uri: href(folder), name: path.basename(folder) });
  await change([named(two)], []);
  await client.rules(href(two, "src/schema.ts"), ["on-delete-mismatch"]);
  await change([], [named(one)]);
  await client.rules(href(one, "src/schema.ts"), []);
  await client.rules(href(two, "src/schema.ts"), ["on-delete-mismatch"]);
  await client.stop();
}

/** Through a link, and with a name that the client writes in a way of its own. */
async function other_names() {
  const real = copy("real");
  const link = path.join(path.dirname(real), "link");
  fs.symlinkSync(real, link);
  const client = new Client({ folder: link });
  await client.start();
  await client.rules(href(link, "src/schema.ts"), ["on-delete-mismatch"]);
  const spelt = href(link, "src/schema.ts").replace("schema.ts", "%73chema%2Ets");
  const text = fs.readFileSync(path.join(real, "src/schema.ts"), "utf8");
  await client.connection.sendNotification("textDocument/didOpen", {
    textDocument: { uri: spelt, languageId: "typescript", version: 7, text },
  });
  await client.rules(spelt, ["on-delete-mismatch"]);
  await client.rules(href(link, "src/schema.ts"), []);
  assert.equal(client.diagnostics.get(spelt).version, 7);
  const related = client.diagnostics.get(spelt).diagnostics[0].relatedInformation;
  assert.equal(related[0].location.uri, href(link, "drizzle/0000_init.sql"));
  await client.stop();
}

/** One file, open under two names: each counts as long as it is open. */
async function two_names() {
  const real = copy("real");
  const link = path.join(path.dirname(real), "link");
  fs.symlinkSync(real, link);
  const client = new Client({ folder: real });
  await client.start();
  const first = await client.open("src/schema.ts");
  const second = await client.open(path.join(link, "src/schema.ts"));
  assert.notEqual(first.uri, second.uri);
  await client.replace(second, '"cascade"', '"no action"');
  await client.rules(second.uri, []);
  await client.close(first);
  const found = await client.connection.sendRequest("textDocument/definition", {
    textDocument: { uri: second.uri },
    position: second.positionAt(second.getText().indexOf("references")),
  });
  assert.equal(found.length, 1);
  await client.rules(second.uri, []);
  await client.close(second);
  await client.rules(href(real, "src/schema.ts"), ["on-delete-mismatch"]);
  await client.stop();
}

/** Somebody else changes a file of which nobody tells, and it is edited by what is offered then. */
async function changed_behind_the_back() {
  const { textDocument } = CAPABILITIES;
  const folder = copy("behind");
  const client = new Client({ folder, capabilities: { textDocument } });
  await client.start();
  const schema = path.join(folder, "src/schema.ts");
  await client.rules(href(schema), ["on-delete-mismatch"]);
  const migration = await client.open("drizzle/0000_init.sql");
  await client.current(migration);
  fs.writeFileSync(schema, `// one\n// two\n${fs.readFileSync(schema, "utf8")}`);
  const at = migration.positionAt(migration.getText().indexOf("ON DELETE"));
  const actions = await client.connection.sendRequest("textDocument/codeAction", {
    textDocument: { uri: migration.uri },
    range: { start: at, end: at },
    context: { diagnostics: [] },
  });
  const edits = actions.map((it) => it.edit.changes[href(schema)]).filter((it) => it);
  assert.ok(edits.length > 0, JSON.stringify(actions));
  const text = fs.readFileSync(schema, "utf8");
  const document = TextDocument.create(href(schema), "typescript", 1, text);
  const mended = TextDocument.applyEdits(document, edits[0]);
  assert.equal(mended.replace(", { onDelete: \"no action\" }", ""), text.replace(', { onDelete: "cascade" }', ""));
  await client.stop();
}

/** A project that is made while the editor runs. */
async function new_project() {
  const folder = copy("workspace");
  const client = new Client({ folder });
  await client.start();
  await client.rules(href(folder, "src/schema.ts"), ["on-delete-mismatch"]);
  const made = path.join(folder, "packages/db");
  fs.cpSync(project, made, { recursive: true });
  const changed = (type) =>
    client.connection.sendNotification("workspace/didChangeWatchedFiles", {
      changes: [{ uri: href(made, "drizzle.config.ts"), type }],
    });
  await changed(1);
  await client.rules(href(made, "src/schema.ts"), ["on-delete-mismatch"]);
  fs.rmSync(made, { recursive: true });
  await changed(3);
  await client.rules(href(made, "src/schema.ts"), []);
  await client.rules(href(folder, "src/schema.ts"), ["on-delete-mismatch"]);
  await client.stop();
}

/** A project that no file stands for: that nothing was compared is said all the same. */
async function no_config() {
  const folder = copy("bare");
  fs.rmSync(path.join(folder, "drizzle.config.ts"));
  const settings = { projects: [{ schema: ["src/schema.ts"], dialect: "postgresql" }] };
  fs.writeFileSync(path.join(folder, "drizzle-drift.json"), JSON.stringify(settings));
  const client = new Client({ folder });
  await client.start();
  await client.until("a message", () => client.messages.some((it) => /not compared: no migrations are named/.test(it)));
  await client.stop();
}

/** A file alone: its project is found, and left with it. */
async function no_folder() {
  const folder = copy("alone");
  const client = new Client({ folder: null });
  await client.start();
  await client.connection.sendNotification("textDocument/didOpen", {
    textDocument: { uri: "untitled:Untitled-1", languageId: "sql", version: 1, text: "SELECT 1;" },
  });
  const document = await client.open(path.join(folder, "src/schema.ts"));
  await client.rules(document.uri, ["on-delete-mismatch"]);
  await client.close(document);
  await client.rules(document.uri, []);
  await client.stop();
}

/** A client that can do next to nothing, and counts in bytes. */
async function old_client() {
  const { textDocument } = CAPABILITIES;
  const capabilities = {
    general: { positionEncodings: ["utf-8", "utf-16"] },
    textDocument: { codeAction: textDocument.codeAction },
  };
  const folder = copy("old");
  const client = new Client({ folder, capabilities });
  const result = await client.start({ workspaceFolders: undefined });
  assert.equal(result.capabilities.positionEncoding, "utf-8");
  const text = fs.readFileSync(path.join(folder, "src/schema.ts"), "utf8");
  const document = await client.open("src/schema.ts", text.replace("authorId:", "/* é𝄞 */ authorId:"));
  const [drift] = await client.current(document);
  const lines = document.getText().split("\n");
  const bytes = Buffer.from(lines[drift.range.start.line]);
  const { start, end } = drift.range;
  assert.equal(bytes.subarray(start.character, end.character).toString(), 'onDelete: "cascade"');
  assert.equal(drift.relatedInformation, undefined);
  assert.match(drift.message, /^drizzle\/0000_init\.sql:\d+: /m);
  const { contents } = await client.connection.sendRequest("textDocument/hover", {
    textDocument: { uri: document.uri },
    position: start,
  });
  assert.equal(contents.kind, "plaintext");
  assert.doesNotMatch(contents.value, /\*\*|`/);
  const definition = await client.connection.sendRequest("textDocument/definition", {
    textDocument: { uri: document.uri },
    position: start,
  });
  assert.equal(definition[0].uri, href(folder, "drizzle/0000_init.sql"));
  const actions = await client.connection.sendRequest("textDocument/codeAction", {
    textDocument: { uri: document.uri },
    range: drift.range,
    context: { diagnostics: [] },
  });
  assert.ok(actions[0].edit.changes[document.uri].length > 0);
  // Without anybody who watches, a save is an occasion to look.
  fs.writeFileSync(path.join(folder, "drizzle-drift.json"), '{ "rules": { "all": "off" } }');
  await client.save(document);
  await client.rules(document.uri, []);
  await client.stop();
}

run(async () => {
  await come_and_go();
  await other_names();
  await two_names();
  await changed_behind_the_back();
  await new_project();
  await no_config();
  await no_folder();
  await old_client();
});
