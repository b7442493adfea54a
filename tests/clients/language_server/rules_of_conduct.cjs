// What the server answers to what it cannot serve, and how it ends.
const { Client, assert, run } = require("./client.cjs");

const SERVER_NOT_INITIALIZED = -32002;
const INVALID_REQUEST = -32600;
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;

async function refuses(client, code, method, params) {
  const error = await client.connection.sendRequest(method, params).then(
    (result) => assert.fail(`${method} was answered with ${JSON.stringify(result)}`),
    (error) => error,
  );
  assert.equal(error.code, code, `${method}: ${error.message}`);
}

run(async () => {
  const client = new Client();
  await refuses(client, SERVER_NOT_INITIALIZED, "textDocument/hover", {});
  await client.start();
  await refuses(client, INVALID_REQUEST, "initialize", { capabilities: {} });
  await refuses(client, METHOD_NOT_FOUND, "textDocument/rename", {});
  await refuses(client, INVALID_PARAMS, "textDocument/hover", { textDocument: 1 });
  await client.connection.sendNotification("nobody/knowsThis", {});
  await client.connection.sendNotification("textDocument/didChange", { textDocument: {} });
  await client.connection.sendNotification("$/cancelRequest", { id: 99 });
  const document = await client.open("src/schema.ts");
  assert.equal((await client.current(document)).length, 1);

  // Everything is answered, also what is taken back, and on the text that it was asked about: each step moves
  // what is asked about by a line.
  const requests = [];
  for (let step = 0; step < 50; step++) {
    await client.replace(document, "export const posts", `/* ${step} */\nexport const posts`);
    const source = new (require("vscode-languageserver-protocol/node").CancellationTokenSource)();
    const asked = client.connection.sendRequest("textDocument/hover", client.at(document, ".references("), source.token);
    requests.push(asked.then((hover) => ({ hover }), (error) => ({ error })));
    if (step % 2) source.cancel();
  }
  for (const [step, { hover, error }] of (await Promise.all(requests)).entries()) {
    if (error) assert.ok(step % 2, `${step}: ${error}`);
    else assert.match(hover.contents.value, /cascade/);
  }
  assert.equal((await client.current(document)).length, 1);

  await client.connection.sendRequest("shutdown");
  await refuses(client, INVALID_REQUEST, "textDocument/hover", client.at(document, "posts"));
  await refuses(client, INVALID_REQUEST, "shutdown");
  await client.connection.sendNotification("exit");
  assert.equal(await client.ended, 0);

  const impolite = new Client();
  await impolite.start();
  await impolite.connection.sendNotification("exit");
  assert.equal(await impolite.ended, 1);

  const gone = new Client();
  await gone.start();
  gone.process.stdin.end();
  assert.equal(await gone.ended, 1);
});
