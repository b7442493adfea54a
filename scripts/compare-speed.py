#!/usr/bin/env python3
"""Compares the time of `drizzle-drift check` with that of drizzle-kit and of bare parsing.

    cargo build --release -p drizzle-drift --bins --examples
    scripts/compare-speed.py --sizes 10,100,1000 --runs 9

For every size a project is generated into a temporary directory. Each rival is then timed in pairs
with `drizzle-drift check` on the same files, in turn and as whole processes: ours, theirs, theirs,
ours, and so on. A pair gives one ratio, theirs to ours, so that what else the machine does meanwhile
touches both sides of it. The table has medians over the pairs.

Rivals: `drizzle-kit check`, `drizzle-kit generate` (which finds nothing to do, as the snapshot of the
project says what its schema says), and `parse_once`, which parses the same bytes and does nothing
else. drizzle-kit is installed once, with npm, into the directory that --cache names.

Needs Python 3.9, and for drizzle-kit Node and npm; the standard library only.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = {"drizzle-orm": "0.45.4", "drizzle-kit": "0.31.11"}


class Rival:
    """A command to compare with; `expects` is in its output when it did what it should."""

    def __init__(self, name, command, expects):
        self.name = name
        self.command = command
        self.expects = expects


def main():
    options = parse_arguments()
    suffix = ".exe" if os.name == "nt" else ""
    drift = find_binary(options.target / f"drizzle-drift{suffix}")
    generator = find_binary(options.target / "examples" / f"generate_project{suffix}")
    parser = find_binary(options.target / "examples" / f"parse_once{suffix}")
    kit = None if options.without_kit else install_kit(options.cache)
    print_header(options, kit)
    for tables in options.sizes:
        with tempfile.TemporaryDirectory(prefix="drizzle-drift-speed-") as parent:
            project = Path(parent) / "project"
            run([generator, project, str(tables)], cwd=parent)
            rivals = [Rival("parse_once", [parser, "."], "typescript:")]
            if kit:
                link_packages(project, kit)
                # A rival that reads less than it should would look fast: see `first_run`.
                rivals += [
                    Rival("drizzle-kit check", [*kit.command, "check"], "Everything's fine"),
                    Rival("drizzle-kit generate", [*kit.command, "generate"], "No schema changes"),
                ]
            compare(tables, project, [drift, "check"], rivals, options.runs)


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], epilog="See the head of the file for more."
    )
    parser.add_argument(
        "--sizes", type=sizes, default=[10, 100, 1000, 10_000], metavar="N,N", help="tables per project"
    )
    parser.add_argument("--runs", type=positive, default=9, help="pairs per rival (default 9)")
    parser.add_argument(
        "--cache",
        type=Path,
        default=ROOT / "target" / "compare-speed",
        help="where drizzle-kit is installed (default target/compare-speed)",
    )
    parser.add_argument(
        "--target",
        type=Path,
        default=ROOT / "target" / "release",
        help="where cargo put the binaries (default target/release)",
    )
    parser.add_argument("--without-kit", action="store_true", help="leave drizzle-kit out")
    options = parser.parse_args()
    options.cache = options.cache.resolve()
    options.target = options.target.resolve()
    return options


def sizes(text):
    return [positive(part) for part in text.split(",")]


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number


def find_binary(path):
    if not path.is_file():
        fail(
            f"{path} is not there; build it with\n"
            "  cargo build --release -p drizzle-drift --bins --examples"
        )
    return path


class Kit:
    def __init__(self, packages, node):
        self.packages = packages
        self.command = [node, packages / "drizzle-kit" / "bin.cjs"]


def install_kit(cache):
    """Installs drizzle-kit into `cache`, unless this version is there."""
    node = shutil.which("node")
    npm = shutil.which("npm")
    if not node or not npm:
        missing = "node" if not node else "npm"
        fail(f"{missing} is not on the PATH; install Node, or compare with --without-kit")
    packages = cache / "node_modules"
    if not all(installed_version(packages / name) == wanted for name, wanted in VERSIONS.items()):
        print(f"installing drizzle-kit into {cache}", file=sys.stderr)
        cache.mkdir(parents=True, exist_ok=True)
        manifest = {"name": "compare-speed", "private": True, "dependencies": VERSIONS}
        (cache / "package.json").write_text(json.dumps(manifest, indent=2) + "\n")
        run([npm, "install", "--no-audit", "--no-fund", "--no-package-lock"], cwd=cache)
    return Kit(packages, node)


def installed_version(package):
    try:
        return json.loads((package / "package.json").read_text())["version"]
    except (OSError, ValueError, KeyError):
        return None


def link_packages(project, kit):
    try:
        (project / "node_modules").symlink_to(kit.packages, target_is_directory=True)
    except OSError as error:
        fail(f"cannot link node_modules into {project}: {error}")


def compare(tables, project, ours, rivals, runs):
    first_run(project, ours, statuses=(0, 1), expects="")
    for rival in rivals:
        first_run(project, rival.command, statuses=(0,), expects=rival.expects)
        our_times, their_times, ratios = [], [], []
        for turn in range(runs):
            # Who goes first changes with every pair.
            if turn % 2 == 0:
                our_time, their_time = seconds(project, ours), seconds(project, rival.command)
            else:
                their_time, our_time = seconds(project, rival.command), seconds(project, ours)
            our_times.append(our_time)
            their_times.append(their_time)
            ratios.append(their_time / our_time)
        print_row(tables, rival.name, our_times, their_times, ratios)


def first_run(project, command, statuses, expects):
    """Runs a command once, to warm the caches and to see that it does what is to be timed."""
    result = subprocess.run(
        command, cwd=project, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    output = result.stdout + result.stderr
    if result.returncode not in statuses or expects not in output:
        name = " ".join(Path(part).name for part in command)
        fail(f"{name} ended with status {result.returncode} and said:\n{output.strip()[:2000]}")


def seconds(project, command):
    start = time.perf_counter()
    subprocess.run(
        command,
        cwd=project,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return time.perf_counter() - start


def print_header(options, kit):
    rival = "without drizzle-kit"
    if kit:
        node = subprocess.run([kit.command[0], "--version"], capture_output=True, text=True, check=False)
        rival = f"drizzle-kit {VERSIONS['drizzle-kit']} on Node {node.stdout.strip()}"
    print(f"Medians of {options.runs} pairs, {os.cpu_count()} cores, {rival}.\n")
    print("| tables | rival | rival takes | drizzle-drift check takes | rival / check | lowest to highest |")
    print("|---:|---|---:|---:|---:|---:|", flush=True)


def print_row(tables, name, our_times, their_times, ratios):
    ours, theirs = statistics.median(our_times), statistics.median(their_times)
    print(
        f"| {tables} | {name} | {milliseconds(theirs)} | {milliseconds(ours)} "
        f"| {statistics.median(ratios):.2f} | {min(ratios):.2f} to {max(ratios):.2f} |",
        flush=True,
    )


def milliseconds(duration):
    return f"{duration * 1000:.1f} ms" if duration < 0.1 else f"{duration * 1000:.0f} ms"


def run(command, cwd):
    result = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        name = Path(command[0]).name
        fail(f"{name} ended with status {result.returncode}:\n{(result.stderr or result.stdout).strip()}")


def fail(message):
    print(f"error: {message}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
