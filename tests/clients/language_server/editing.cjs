// Opens, types, saves, asks, mends, closes.
const { Client, assert, covered, fs, path, project, run } = require("./client.cjs");

run(async () => {
  const client = new Client();
  const { capabilities, serverInfo } = await client.start();
  assert.equal(capabilities.positionEncoding, "utf-16");
  assert.equal(serverInfo.name, "drizzle-drift");
  await client.until("the registration", () => client.registrations.length > 0);
  assert.equal(client.registrations[0].method, "workspace/didChangeWatchedFiles");

  // Files that are not open are checked, too.
  const [schema, migration] = [client.uri("src/schema.ts"), client.uri("drizzle/0000_init.sql")];
  await client.rules(schema, ["on-delete-mismatch"]);

  const document = await client.open("src/schema.ts");
  const [drift] = await client.current(document);
  assert.equal(drift.code, "on-delete-mismatch");
  assert.equal(drift.severity, 1);
  assert.equal(drift.source, "drizzle-drift");
  assert.match(drift.codeDescription.href, /RULES\.md#on-delete-mismatch$/);
  assert.match(drift.message, /cascade in the schema, but no action in the migrations/);
  assert.match(drift.message, /ALTER TABLE "posts"/);
  assert.equal(covered(document, drift.range), 'onDelete: "cascade"');
  const [other] = drift.relatedInformation;
  assert.equal(other.location.uri, migration);
  assert.match(other.message, /no action/);

  // A place is found behind characters that are two units of UTF-16, and moves with what is typed.
  await client.change(document, [
    { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: "// 𝄞𝄞\n" },
    { range: { start: { line: 0, character: 5 }, end: { line: 0, character: 7 } }, text: "é" },
  ]);
  await client.replace(document, "authorId: integer", "/* 𝄞 */ authorId: integer");
  const [moved] = await client.current(document);
  assert.equal(covered(document, moved.range), 'onDelete: "cascade"');

  // The text that is typed counts, not that of the file.
  await client.replace(document, '"cascade"', '"no action"');
  assert.deepEqual(await client.current(document), []);
  await client.replace(document, '"no action"', '"set null"');
  assert.match((await client.current(document))[0].message, /set null in the schema/);

  // What is half typed takes nothing away.
  await client.replace(document, ".references(() => users.id", ".references(() => users.");
  const broken = await client.current(document);
  assert.deepEqual(broken.map((it) => it.code).sort(), ["on-delete-mismatch", undefined]);
  assert.match(broken.find((it) => !it.code).message, /syntax error/);
  const kept = broken.find((it) => it.code);
  assert.equal(covered(document, kept.range), 'onDelete: "set null"');
  await client.replace(document, ".references(() => users.", ".references(() => users.id");
  assert.deepEqual((await client.current(document)).map((it) => it.code), ["on-delete-mismatch"]);

  // The same is so of a config, without which there is no project.
  const config = await client.open("drizzle.config.ts");
  await client.replace(config, "defineConfig({", "defineConfig({ (");
  assert.match((await client.current(config))[0].message, /syntax error/);
  await client.connection.sendRequest("textDocument/hover", client.at(config, "import"));
  assert.deepEqual((await client.current(document)).map((it) => it.code), ["on-delete-mismatch"]);
  await client.replace(config, "defineConfig({ (", "defineConfig({");
  assert.deepEqual(await client.current(config), []);
  assert.deepEqual((await client.current(document)).map((it) => it.code), ["on-delete-mismatch"]);
  await client.close(config);

  // What only the migrations have is shown on both sides, and can be mended from that of the schema.
  const codes = async (it) => (await client.current(it)).map(({ code }) => code);
  await client.replace(document, '.references(() => users.id, { onDelete: "set null" })', "");
  assert.deepEqual(await codes(document), ["undeclared-foreign-key"]);
  const [undeclared] = await client.current(document);
  assert.equal(undeclared.relatedInformation[0].location.uri, migration);
  await client.rules(migration, ["undeclared-foreign-key"]);
  const offered = await client.connection.sendRequest("textDocument/codeAction", {
    textDocument: { uri: document.uri },
    range: undeclared.range,
    context: { diagnostics: [undeclared] },
  });
  const declare = offered.find((it) => /^declare it/i.test(it.title));
  assert.ok(declare, JSON.stringify(offered));
  await client.apply(declare.edit);
  assert.match(document.getText(), /\.references\(\(\) => users\.id\)/);
  assert.deepEqual(await codes(document), ["implicit-on-delete"]);
  await client.rules(migration, []);
  await client.replace(document, "=> users.id", '=> users.id, { onDelete: "set null" }');
  await client.current(document);

  // The hover tells what each side says, the definition leads to the statement, and back.
  const hover = await client.connection.sendRequest("textDocument/hover", client.at(document, ".references("));
  assert.equal(hover.contents.kind, "markdown");
  assert.match(hover.contents.value, /set null/);
  assert.match(hover.contents.value, /no action/);
  assert.match(covered(document, hover.range), /^\.?references\(/);
  const [made] = await client.connection.sendRequest("textDocument/definition", client.at(document, ".references(", 4));
  assert.equal(made.targetUri, migration);
  assert.match(covered(document, made.originSelectionRange), /references\(/);
  const sql = await client.open("drizzle/0000_init.sql");
  await client.current(sql);
  assert.match(covered(sql, made.targetRange), /FOREIGN KEY/);
  const [declared] = await client.connection.sendRequest("textDocument/definition", client.at(sql, "FOREIGN KEY"));
  assert.equal(declared.targetUri, schema);
  assert.match(covered(document, declared.targetRange), /references\(/);
  const places = await client.connection.sendRequest("textDocument/references", {
    ...client.at(document, ".references(", 4),
    context: { includeDeclaration: true },
  });
  assert.deepEqual(places.map((it) => it.uri).sort(), [migration, schema].sort());
  assert.equal(
    await client.connection.sendRequest("textDocument/hover", client.at(document, "import")),
    null,
  );

  // A code action mends it, and another accepts it.
  const actions = (only) =>
    client.connection.sendRequest("textDocument/codeAction", {
      textDocument: { uri: document.uri },
      range: kept.range,
      context: { diagnostics: [kept], only },
    });
  const all = await actions();
  assert.ok(all.every((it) => it.kind === "quickfix"));
  assert.deepEqual(await actions(["refactor"]), []);
  const mend = all.find((it) => /^change the schema/i.test(it.title));
  assert.ok(mend, JSON.stringify(all));
  assert.equal(mend.diagnostics[0].code, "on-delete-mismatch");
  await client.apply(mend.edit);
  assert.deepEqual(await codes(document), ["implicit-on-delete"]);
  await client.replace(document, "users.id", 'users.id, { onDelete: "cascade" }');
  assert.deepEqual(await codes(document), ["on-delete-mismatch"]);
  const accept = (await actions(["quickfix"])).find((it) => /^accept/i.test(it.title));
  assert.ok(accept);
  await client.apply(accept.edit);
  assert.match(document.getText(), /drizzle-drift-ignore on-delete-mismatch/);
  assert.deepEqual(await client.current(document), []);

  // What was not saved is gone with the text; what was saved stays.
  await client.close(document);
  await client.rules(schema, ["on-delete-mismatch"]);
  const again = await client.open("src/schema.ts");
  await client.replace(again, ', { onDelete: "cascade" }', "");
  assert.deepEqual(await codes(again), ["implicit-on-delete"]);
  await client.save(again);
  await client.close(again);
  await client.rules(schema, ["implicit-on-delete"]);

  // Somebody else changes a file.
  fs.writeFileSync(path.join(project, "drizzle/0000_init.sql"), sql.getText().replace("ON DELETE no action", "ON DELETE cascade"));
  await client.close(sql);
  await client.connection.sendNotification("workspace/didChangeWatchedFiles", {
    changes: [{ uri: migration, type: 2 }],
  });
  await client.rules(schema, ["on-delete-mismatch"]);

  // Settings that cannot be understood are shown where they are, and take nothing away.
  const settings = await client.open("drizzle-drift.json", '{ "rules": { "on-delete-mismatch": "loud" } }');
  fs.writeFileSync(path.join(project, "drizzle-drift.json"), settings.getText());
  await client.connection.sendNotification("workspace/didChangeWatchedFiles", {
    changes: [{ uri: settings.uri, type: 1 }],
  });
  const { published } = await client.until("the fault of the settings", () => {
    const published = client.diagnostics.get(settings.uri)?.diagnostics ?? [];
    return published.length > 0 && { published };
  });
  assert.equal(covered(settings, published[0].range), '"loud"');
  await client.rules(schema, ["on-delete-mismatch"]);
  await client.replace(settings, '"loud"', '"off"');
  assert.deepEqual(await client.current(settings), []);
  await client.rules(schema, []);

  await client.stop();
});
