#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""coverage.py SRCDIR BUILDDIR: what share of the lines the tests ran, folder by folder and in all, by gcov; ends with 1 below 90 % in all.
coverage.py SRCDIR BUILDDIR src/FILE…: which lines of these no test ran."""
import collections
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys

GOAL = 90
LOWEST = 15


def count_object(path):
    """{source: {line: how often}} of an object file."""
    done = subprocess.run(["gcov", "--json-format", "--stdout", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, cwd=os.path.dirname(path))
    found = {}
    for text in done.stdout.decode().splitlines():
        report = json.loads(text)
        for file in report["files"]:
            name = os.path.realpath(os.path.join(report["current_working_directory"], file["file"]))
            counts = found.setdefault(name, {})
            for line in file["lines"]:
                counts[line["line_number"]] = counts.get(line["line_number"], 0) + line["count"]
    return found


def count_all(srcdir, builddir):
    objects = [os.path.join(folder, name[:-len(".gcno")] + ".gcda") for folder, _, names in os.walk(os.path.join(builddir, "src"))
               for name in names if name.endswith(".gcno")]
    top = os.path.realpath(srcdir) + "/src/"
    lines = collections.defaultdict(dict)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        # What no test ran has no counts, but lines.
        for found in pool.map(count_object, [path if os.path.exists(path) else path[:-len("da")] + "no" for path in objects]):
            for name, counts in found.items():
                if name.startswith(top):
                    of_file = lines[name[len(top):]]
                    for number, count in counts.items():
                        of_file[number] = of_file.get(number, 0) + count
    return lines


def ranges(numbers):
    """1, 2, 3, 7 as 1-3, 7"""
    parts = []
    for number in sorted(numbers):
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(str(first) if first == last else "%d-%d" % (first, last) for first, last in parts)


def percent(counts):
    return 100 * sum(1 for count in counts if count) / len(counts) if counts else 100


def row(title, files):
    counts = [count for lines in files for count in lines.values()]
    share = percent(counts)
    print("%-16s %4d files %6d lines %6d run %6.1f %%%s" % (title, len(files), len(counts), sum(1 for count in counts if count), share,
                                                        "" if share >= GOAL else "  below %d %%" % GOAL))
    return share


def print_lowest(lines):
    missed = {name: [number for number, count in counts.items() if not count] for name, counts in lines.items()}
    print("\nthe files with the lowest shares, and the lines that no test runs:")
    for name in sorted(lines, key=lambda name: percent(lines[name].values()))[:LOWEST]:
        print("%5.1f %%  src/%s: %s" % (percent(lines[name].values()), name, shorten(ranges(missed[name]))))


def shorten(text):
    return text if len(text) <= 80 else text[:text.rindex(",", 0, 80)] + ", ..."


def write_pages(srcdir, builddir):
    # Counts of a process that was killed while it wrote some can come to less than nothing.
    page = os.path.join(builddir, "html", "index.html")
    os.makedirs(os.path.dirname(page), exist_ok=True)
    done = subprocess.run(["gcovr", "--root", srcdir, "--object-directory", builddir, "--filter", os.path.realpath(srcdir) + "/src/", "--html-details", page, "--gcov-ignore-parse-errors", builddir],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    print("\nline by line: %s" % page if done.returncode == 0 else "\ngcovr wrote no pages: " + done.stderr.decode(errors="replace").strip().rpartition("\n")[2])


def main():
    srcdir, builddir, named = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3:]
    lines = count_all(srcdir, builddir)
    if not lines:
        print("no counts below", builddir)
        return 1
    for name in (name[len("src/"):] for name in named):
        print("src/%s: %s" % (name, ranges(number for number, count in lines[name].items() if not count) if name in lines else "no such file, or no lines"))
    if named:
        return 0
    for folder in sorted({os.path.dirname(name) for name in lines}):
        row(os.path.join("src", folder), [counts for name, counts in lines.items() if os.path.dirname(name) == folder])
    print_lowest(lines)
    if shutil.which("gcovr"):
        write_pages(srcdir, builddir)
    print()
    return 0 if row("all of src", list(lines.values())) >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
