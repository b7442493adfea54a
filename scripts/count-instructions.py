#!/usr/bin/env python3
"""Counts the instructions of `drizzle-drift`, and says in which direction they went.

    scripts/count-instructions.py                         # the release build and the one for development
    scripts/count-instructions.py --profile dev --no-build
    scripts/count-instructions.py --accept                # writes docs/instructions.tsv and docs/benchmarks.md

Each run is counted by callgrind, on one thread: the start, checks of generated projects, and
`parse_once`, which parses the same bytes and does nothing else. Counts are the same from run to run to a
few in ten thousand, whatever else the machine does; they say nothing about waiting, caches and threads.
They are held against docs/instructions.tsv. Exit status 1 where one has grown by more than --bound
percent; whoever means it runs --accept, and commits what that writes.

Needs Python 3.9 and valgrind on Linux. Without valgrind it says so and ends well, unless CI is set.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs" / "instructions.tsv"
DOCUMENT = ROOT / "docs" / "benchmarks.md"
MARKS = ("<!-- instructions -->\n", "<!-- /instructions -->\n")

# A debug build takes five times as many instructions, and is there for CI, which has it anyway.
SIZES = {"release": [100, 1000], "dev": [100]}
FOLDERS = {"release": "release", "dev": "debug"}


def main():
    options = parse_arguments()
    if shutil.which("valgrind") is None:
        print("count-instructions: left out, since valgrind is not installed", file=sys.stderr)
        return 1 if os.environ.get("CI") else 0
    kept = read_kept()
    counts = {}
    for profile in options.profile:
        if not options.no_build:
            build(profile)
        for run, count in count_all(profile, options.target):
            counts[profile, run] = count
            print(line(profile, run, count, kept.get((profile, run))), flush=True)
    if options.accept:
        accept({**without(kept, options.profile), **counts})
        return 0
    return judge(counts, kept, options.bound)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--profile", choices=list(SIZES), action="append", help="one of both")
    parser.add_argument("--no-build", action="store_true", help="take what is built already")
    parser.add_argument("--accept", action="store_true", help="write the counts down")
    parser.add_argument("--bound", type=float, default=10.0, help="percent that a count may grow (10)")
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser.add_argument("--target", type=Path, default=target, help="the target folder of cargo")
    options = parser.parse_args()
    options.profile = options.profile or list(SIZES)
    return options


def build(profile):
    command = ["cargo", "build", "--quiet", "--locked", "--package=drizzle-drift", "--bins", "--examples"]
    subprocess.run([*command, f"--profile={profile}"], cwd=ROOT, check=True)


def count_all(profile, target):
    """The name and the count of every run of a profile."""
    folder = (target / FOLDERS[profile]).resolve()
    command, generator, parser = (
        find_binary(folder / name)
        for name in ("drizzle-drift", "examples/generate_project", "examples/parse_once")
    )
    yield "start", count([command, "--version"], ROOT, 0, "drizzle-drift ")
    for tables in SIZES[profile]:
        with tempfile.TemporaryDirectory(prefix="drizzle-drift-instructions-") as parent:
            project = Path(parent) / "project"
            made = subprocess.run([generator, project, str(tables)], capture_output=True, text=True)
            if made.returncode != 0:
                fail(made.stderr)
            checked = count([command, "check"], project, 1, "error[on-delete-mismatch]")
            yield f"check {tables} tables", checked
            yield f"parse {tables} tables", count([parser, "."], project, 0, "typescript: ")


def find_binary(path):
    if not path.exists():
        fail(f"{path} is not there; without --no-build it would be built")
    return path


def count(command, folder, status, expected):
    """The instructions of a command, which has to do what it should."""
    environment = {**os.environ, "RAYON_NUM_THREADS": "1", "NO_COLOR": "1"}
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        environment.pop(name, None)
    valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    done = subprocess.run(
        [*valgrind, *command],
        cwd=folder,
        env=environment,
        # Threads that wait for work would be counted, as often as they look.
        preexec_fn=lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}),
        capture_output=True,
        text=True,
    )
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != status or expected not in done.stdout or found is None:
        fail(f"{command} ended with {done.returncode}\n{done.stdout[:2000]}\n{done.stderr[-2000:]}")
    return int(found[1])


def line(profile, run, count, before):
    change = "" if before is None else f", {percent(count, before):+.1f} % against {before:,}"
    return f"{profile:7}  {run:17}  {count:>15,}{change}"


def percent(count, before):
    return (count / before - 1) * 100


def judge(counts, kept, bound):
    unknown = [run for run in counts if run not in kept]
    grown = [run for run in counts if run in kept and percent(counts[run], kept[run]) > bound]
    for profile, run in unknown:
        print(f"count-instructions: {KEPT.name} has no {run} of {profile}", file=sys.stderr)
    for profile, run in grown:
        more = percent(counts[profile, run], kept[profile, run])
        print(f"count-instructions: {run} ({profile}) takes {more:.1f} % more than before", file=sys.stderr)
    if unknown or grown:
        print(
            f"more than {bound:g} % is refused; if it is meant, say why in the commit, and run\n"
            "    scripts/count-instructions.py --accept",
            file=sys.stderr,
        )
    return 1 if unknown or grown else 0


def read_kept():
    if not KEPT.exists():
        return {}
    rows = [row.split("\t") for row in KEPT.read_text().splitlines()[1:]]
    return {(profile, run): int(count) for profile, run, count in rows}


def without(kept, profiles):
    return {key: count for key, count in kept.items() if key[0] not in profiles}


def accept(counts):
    order = sorted(counts, key=lambda it: list(SIZES).index(it[0]))
    rows = [f"{profile}\t{run}\t{counts[profile, run]}\n" for profile, run in order]
    KEPT.write_text("profile\trun\tinstructions\n" + "".join(rows))
    text = DOCUMENT.read_text()
    before, rest = text.split(MARKS[0])
    _, after = rest.split(MARKS[1])
    DOCUMENT.write_text(before + MARKS[0] + table(counts) + MARKS[1] + after)


def table(counts):
    """What the document says of the release build: a check, its floor, and how they relate."""
    rows = ["| | instructions | of parsing alone |\n", "|---|---:|---:|\n"]
    release = {run: count for (profile, run), count in counts.items() if profile == "release"}
    for run, count in release.items():
        floor = release.get(run.replace("check", "parse")) if run.startswith("check") else None
        ratio = f"{count / floor:.2f}" if floor else ""
        rows.append(f"| {run} | {count:,} | {ratio} |\n")
    return "".join(rows)


def fail(message):
    sys.exit(f"count-instructions: {message}")


if __name__ == "__main__":
    sys.exit(main())
