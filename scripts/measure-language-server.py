#!/usr/bin/env python3
"""Measures how long the language server takes from an edit to its diagnostics.

    cargo build --release -p drizzle-drift --bins --examples
    scripts/measure-language-server.py --sizes 100,300,1000 --edits 50

For every size a project is generated into a temporary directory and its first schema file is opened.
Each edit is what a key makes of it: one character comes or goes in the `onDelete` of a foreign key, and the
time is taken from `textDocument/didChange` being sent to `textDocument/publishDiagnostics` for that
version being read. The table has the median and the slowest of them, and the time from `initialized`
to the first diagnostics.

Needs Python 3.9; the standard library only.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main():
    options = parse_arguments()
    suffix = ".exe" if os.name == "nt" else ""
    server = find_binary(options.target / f"drizzle-drift{suffix}")
    generator = find_binary(options.target / "examples" / f"generate_project{suffix}")
    print("tables  first check  edit, median  edit, slowest")
    for tables in options.sizes:
        with tempfile.TemporaryDirectory(prefix="drizzle-drift-speed-") as parent:
            project = Path(parent).resolve() / "project"
            subprocess.run([generator, project, str(tables)], check=True, stdout=subprocess.DEVNULL)
            first, edits = measure(server, project, options.edits)
        median, slowest = statistics.median(edits), max(edits)
        print(f"{tables:6}  {first:8.1f} ms  {median:9.1f} ms  {slowest:10.1f} ms")


def measure(server, project, count):
    client = Client(server)
    client.request("initialize", {
        "processId": os.getpid(),
        "rootUri": project.as_uri(),
        "capabilities": {"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}},
    })
    start = time.perf_counter()
    client.notify("initialized", {})
    client.wait_for(lambda it: it["diagnostics"])
    first = time.perf_counter() - start
    path = schema_file(project)
    lines = path.read_text(encoding="utf-8").split("\n")
    number = next(at for at, line in enumerate(lines) if "onDelete: \"" in line)
    column = lines[number].index("onDelete: \"") + len("onDelete: \"")
    uri, version = path.as_uri(), 1
    document = {"uri": uri, "languageId": "typescript", "version": version, "text": "\n".join(lines)}
    client.notify("textDocument/didOpen", {"textDocument": document})
    client.wait_for(lambda it: it["uri"] == uri and it.get("version") == version)
    times = []
    for step in range(count):
        version += 1
        end = column + step % 2
        place = {"start": {"line": number, "character": column}, "end": {"line": number, "character": end}}
        start = time.perf_counter()
        client.notify("textDocument/didChange", {
            "textDocument": {"uri": uri, "version": version},
            "contentChanges": [{"range": place, "text": "" if step % 2 else "x"}],
        })
        client.wait_for(lambda it: it["uri"] == uri and it.get("version") == version)
        times.append(time.perf_counter() - start)
    client.request("shutdown", None)
    client.notify("exit", {})
    client.process.wait()
    return first * 1000, [it * 1000 for it in times]


def schema_file(project):
    """The first schema file that says what a delete does."""
    files = sorted(it for it in project.rglob("*.ts") if "node_modules" not in it.parts)
    return next(it for it in files if "onDelete: \"" in it.read_text(encoding="utf-8"))


class Client:
    """Sends messages to a server, and reads what it sends."""

    def __init__(self, server):
        self.process = subprocess.Popen(
            [server, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.id = 0

    def notify(self, method, params):
        self.send({"method": method, "params": params})

    def request(self, method, params):
        self.id += 1
        self.send({"id": self.id, "method": method, "params": params})
        while self.read().get("id") != self.id:
            pass

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def wait_for(self, is_wanted):
        """Reads until diagnostics come that are wanted."""
        while True:
            message = self.read()
            published = message.get("method") == "textDocument/publishDiagnostics"
            if published and is_wanted(message["params"]):
                return

    def read(self):
        length = 0
        while (line := self.process.stdout.readline()) != b"\r\n":
            if not line:
                raise SystemExit("the server ended")
            name, value = line.split(b":", 1)
            if name.lower() == b"content-length":
                length = int(value)
        return json.loads(self.process.stdout.read(length))


def find_binary(path):
    if not path.is_file():
        raise SystemExit(f"{path} is not there: cargo build --release -p drizzle-drift --bins --examples")
    return path


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    sizes = lambda text: [int(it) for it in text.split(",")]
    parser.add_argument("--sizes", type=sizes, default=[100, 300, 1000], help="numbers of tables")
    parser.add_argument("--edits", type=int, default=50, help="how many edits are timed")
    parser.add_argument("--target", type=Path, default=ROOT / "target/release", help="where the binaries are")
    return parser.parse_args()


if __name__ == "__main__":
    main()
