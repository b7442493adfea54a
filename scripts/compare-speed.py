#!/usr/bin/env python3
"""Compares the time of `drizzle-drift check` with that of drizzle-kit and of bare parsing.

    cargo build --release -p drizzle-drift --bins --examples
    scripts/compare-speed.py --sizes 10,100,1000 --runs 9
    scripts/compare-speed.py --projects ../app ../shop

For every size a project is generated into a temporary directory; real projects are taken where they are. Each rival is then timed in pairs
with `drizzle-drift check` on the same files, in turn and as whole processes: ours, theirs, theirs,
ours, and so on. A pair gives one ratio, theirs to ours, so that what else the machine does meanwhile
touches both sides of it. The table has medians over the pairs.

Rivals: `drizzle-kit check`, `drizzle-kit generate` (which finds nothing to do, as the snapshot of the
project says what its schema says), and `parse_once`, which parses the same bytes and does nothing
else. drizzle-kit is installed once, with npm, into the directory that --cache names. Real projects are
compared with `parse_once` alone, on a copy of those `.ts` and `.sql` files that the check opens. A second table
has the memory of a check at its highest, beside the bytes of all files that it opens.

Needs Python 3.9, strace to see which files are opened, and for drizzle-kit Node and npm; the standard
library only.
"""

import argparse
import json
import os
import re
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

    def __init__(self, name, command, expects, folder=None):
        self.name = name
        self.command = command
        self.expects = expects
        self.folder = folder


def main():
    options = parse_arguments()
    suffix = ".exe" if os.name == "nt" else ""
    drift = find_binary(options.target / f"drizzle-drift{suffix}")
    generator = find_binary(options.target / "examples" / f"generate_project{suffix}")
    parser = find_binary(options.target / "examples" / f"parse_once{suffix}")
    kit = install_kit(options.cache) if options.sizes and not options.without_kit else None
    print_header(options, kit)
    memory = []
    for project in options.projects:
        with tempfile.TemporaryDirectory(prefix="drizzle-drift-speed-") as copy:
            opened = opened_files([drift, "check"], project)
            copy_sources(opened, Path(copy))
            rival = Rival("parse_once", [parser, "."], "typescript:", Path(copy))
            compare(project.name, project, [drift, "check"], [rival], options.runs)
            memory.append(memory_row(project.name, opened, peak([drift, "check"], project)))
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
            opened = opened_files([drift, "check"], project)
            memory.append(memory_row(tables, opened, peak([drift, "check"], project)))
    print_memory(memory)


def opened_files(command, project):
    """The files of a project that a command opens, each of them once."""
    strace = shutil.which("strace") or fail("strace is not on the PATH")
    with tempfile.TemporaryDirectory(prefix="drizzle-drift-trace-") as folder:
        # One file per thread, in which no call is cut in two by another. musl opens with `open`, where there is one.
        follow = [strace, "-ff", "-e", "trace=?open,openat", "-o", f"{folder}/trace"]
        subprocess.run([*follow, *command], cwd=project, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        traces = "".join(path.read_text(errors="replace") for path in Path(folder).iterdir())
    names = re.findall(r'open(?:at)?\([^"]*"([^"]+)", O_RDONLY\S*\) = \d', traces)
    paths = {(project / name).resolve() for name in names}
    return sorted(path for path in paths if project.resolve() in path.parents and path.is_file())


def copy_sources(files, folder):
    for number, file in enumerate(files):
        if file.suffix in (".ts", ".sql"):
            shutil.copyfile(file, folder / f"{number}{file.suffix}")


def peak(command, project):
    """The memory of a command at its highest, in bytes."""
    peaks = []
    for _ in range(3):
        child = subprocess.Popen(command, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(child.pid, 0)
        child.returncode = 0
        peaks.append(usage.ru_maxrss * 1024)
    return statistics.median(peaks)


def memory_row(name, opened, most):
    size = sum(file.stat().st_size for file in opened)
    return f"| {name} | {len(opened)} | {size / 1e6:.2f} MB | {most / 2**20:.1f} MiB | {most / size:.1f} |"


def print_memory(rows):
    print("\n| tables or project | files opened | bytes | memory at most | memory / bytes |")
    print("|---:|---:|---:|---:|---:|")
    for row in rows:
        print(row)


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], epilog="See the head of the file for more."
    )
    parser.add_argument(
        "--sizes", type=sizes, metavar="N,N", help="tables per project (default 10,100,1000,10000)"
    )
    parser.add_argument(
        "--projects", type=Path, nargs="+", default=[], metavar="DIR", help="real projects in place of generated ones"
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
    if options.sizes is None:
        options.sizes = [] if options.projects else [10, 100, 1000, 10_000]
    options.projects = [project.resolve() for project in options.projects]
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
        theirs = rival.folder or project
        first_run(theirs, rival.command, statuses=(0,), expects=rival.expects)
        our_times, their_times, ratios = [], [], []
        for turn in range(runs):
            # Who goes first changes with every pair.
            if turn % 2 == 0:
                our_time, their_time = seconds(project, ours), seconds(theirs, rival.command)
            else:
                their_time, our_time = seconds(theirs, rival.command), seconds(project, ours)
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
    print("| tables or project | rival | rival takes | drizzle-drift check takes | rival / check | lowest to highest |")
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
