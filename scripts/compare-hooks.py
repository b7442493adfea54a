#!/usr/bin/env python3
"""Measures what a hook adds to `git commit`, with npx and without.

    cargo test -p drizzle-drift --test clients                 # installs the programs that run hooks
    node scripts/build-npm.mjs --out target/npm
    scripts/compare-hooks.py --runs 9

Every hook gets a project of its own, with the npm package of --packages installed in it. A run is one
commit of one more line in each project, or one call of the command, in turn and as whole processes; the
order is turned around with every run. A ratio is that of the two commits of one run. The tables have
medians over the runs.

Needs Python 3.9, Node and npm, and a POSIX system; the standard library only.
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "crates" / "drizzle-drift" / "templates"
CLIENTS = ROOT / "target" / "clients"
COMMAND = "node_modules/.bin/drizzle-drift"

FILES = {
    ".gitignore": "node_modules\n",
    "package.json": '{ "private": true }\n',
    "drizzle.config.ts": 'export default { dialect: "postgresql", schema: "./schema.ts", out: "./drizzle" };\n',
    "schema.ts": 'import { integer, pgTable } from "drizzle-orm/pg-core";\n'
    'export const users = pgTable("users", { id: integer("id").primaryKey() });\n',
    "drizzle/0000_init.sql": 'CREATE TABLE "users" ("id" integer PRIMARY KEY NOT NULL);\n',
    "drizzle/meta/_journal.json": '{ "version": "7", "dialect": "postgresql", "entries": '
    '[{ "idx": 0, "version": "7", "when": 1700000000000, "tag": "0000_init", "breakpoints": true }] }\n',
}


def main():
    options = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="drizzle-drift-hooks-") as parent:
        registry, environment = start_registry(options.packages.resolve(), Path(parent))
        hooks = hook_repository(Path(parent), environment)
        projects = {}
        for name, (files, command) in hook_files(hooks).items():
            projects[name] = make_project(Path(parent) / name.replace(" ", "-"), files, command, environment)
        times = measure(projects, options.runs, environment)
        registry.stdin.close()
    print_times(times)


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], epilog="See the head of the file for more."
    )
    parser.add_argument("--runs", type=int, default=9, help="commits per hook (default 9)")
    parser.add_argument(
        "--packages",
        type=Path,
        default=ROOT / "target" / "npm",
        help="where scripts/build-npm.mjs put the packages (default target/npm)",
    )
    return parser.parse_args()


def start_registry(packages, parent):
    script = ROOT / "tests" / "clients" / "npm" / "registry.mjs"
    registry = subprocess.Popen(
        ["node", script, packages], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    port = registry.stdout.readline().strip()
    programs = [CLIENTS / "hook_runners" / "node_modules" / ".bin", CLIENTS / "pre_commit" / "bin"]
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([*map(str, programs), os.environ["PATH"]]),
        "npm_config_registry": f"http://127.0.0.1:{port}/",
        "npm_config_cache": str(parent / "npm-cache"),
        "PRE_COMMIT_HOME": str(parent / "pre-commit"),
    }
    return registry, environment


def hook_repository(parent, environment):
    """A repository with what pre-commit needs of this one, under the tag of the template."""
    folder = parent / "hooks"
    folder.mkdir()
    for name in [".pre-commit-hooks.yaml", "package.json"]:
        (folder / name).write_text((ROOT / name).read_text())
    run("git init -q && git add --all && git commit -qm hooks && git tag v0.1.0", folder, environment)
    return folder


def hook_files(hooks):
    """For each hook the files that it needs, and the command that installs it."""
    lefthook, husky = template("lefthook.yml"), template("husky-pre-commit.sh")
    pre_commit = template("pre-commit-config.yaml").replace(
        "https://github.com/drizzle-drift/drizzle-drift", str(hooks)
    )
    staged = {
        ".husky/pre-commit": "lint-staged\n",
        "lint-staged.config.mjs": template("lint-staged.config.mjs"),
    }
    return {
        "no hook": ({}, "true"),
        "husky": ({".husky/pre-commit": husky}, "husky"),
        "husky with npx": ({".husky/pre-commit": "npx drizzle-drift\n"}, "husky"),
        "lefthook": ({"lefthook.yml": lefthook}, "lefthook install"),
        "lefthook with npx": (
            {"lefthook.yml": lefthook.replace(COMMAND, "npx drizzle-drift")},
            "lefthook install",
        ),
        "pre-commit": ({".pre-commit-config.yaml": pre_commit}, "pre-commit install"),
        "lint-staged": (staged, "husky"),
    }


def template(name):
    return (TEMPLATES / name).read_text()


def make_project(folder, files, command, environment):
    for name, text in {**FILES, **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    run(f"git init -q && npm install -D drizzle-drift && {command}", folder, environment)
    # The first commit installs what pre-commit needs.
    run("git add --all && git commit -m first", folder, environment)
    return folder


def measure(projects, runs, environment):
    calls = {
        "the binary": [next(projects["no hook"].glob("node_modules/@drizzle-drift/*/drizzle-drift"))],
        "the command": [COMMAND],
        "the command with npx": ["npx", "drizzle-drift"],
    }
    times = {}
    for turn in range(runs):
        direction = 1 if turn % 2 == 0 else -1
        for name, call in list(calls.items())[::direction]:
            times.setdefault(name, []).append(seconds(call, projects["no hook"], environment))
        for name, folder in list(projects.items())[::direction]:
            with open(folder / "schema.ts", "a") as schema:
                schema.write("//\n")
            run("git add --all", folder, environment)
            commit = ["git", "commit", "--quiet", "--message", "A line"]
            times.setdefault(f"commit, {name}", []).append(seconds(commit, folder, environment))
    return times


def seconds(command, folder, environment):
    start = time.perf_counter()
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(command, cwd=folder, env=environment, check=True, **quiet)
    return time.perf_counter() - start


def print_times(times):
    print("| | takes |\n|---|---:|")
    for name, values in times.items():
        print(f"| {name} | {statistics.median(values) * 1000:.0f} ms |")
    print("\n| with npx / without | median | lowest to highest |\n|---|---:|---:|")
    for name in [it for it in times if f"{it} with npx" in times]:
        ratios = [slow / quick for slow, quick in zip(times[f"{name} with npx"], times[name])]
        print(f"| {name} | {statistics.median(ratios):.1f} | {min(ratios):.1f} to {max(ratios):.1f} |")


def run(command, folder, environment):
    result = subprocess.run(
        command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        raise SystemExit(f"error: `{command}` ended with status {result.returncode}:\n{result.stdout}{result.stderr}")


if __name__ == "__main__":
    main()
