// Starts a server, says its process id, and waits to be killed.
const { Client, run } = require("./client.cjs");

run(async () => {
  const client = new Client();
  await client.start();
  const document = await client.open("src/schema.ts");
  await client.current(document);
  console.log(client.process.pid);
  await new Promise(() => setInterval(() => {}, 1000));
});
