#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What `cvmdom lint` reports, judged by others: JSON by its schema, SARIF by a schema of what is written of it, JUnit by
an XML parser; all formats tell the same. CVMDOM_TEST_SARIF_SCHEMA may name the standard's own schema, which is then
asked, too."""

import collections
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

try:
    import jsonschema
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

SRCDIR = os.path.abspath(os.environ.get("srcdir", "."))
CVMDOM = os.environ["CVMDOM"]
HOST = os.path.join(SRCDIR, "profiles", "hosts", "epyc-genoa-snp.xml")
SEVERITIES = ["note", "warning", "error"]
FAILED = []


def check(condition, text):
    if not condition:
        print(f"FAIL: {text}")
        FAILED.append(text)


def load(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return json.load(file)


def validator_of(schema):
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def validators():
    found = {
        "findings.schema.json": ("json", validator_of(load(SRCDIR, "schemas", "findings.schema.json"))),
        "sarif.schema.json": ("sarif", validator_of(load(SRCDIR, "tests", "sarif.schema.json"))),
    }
    official = os.environ.get("CVMDOM_TEST_SARIF_SCHEMA")
    if official:
        found["the standard's schema"] = ("sarif", validator_of(load(official)))
    return found


def hold_against_schemas(case, reports, all_validators):
    for name, (form, validator) in all_validators.items():
        for error in list(validator.iter_errors(reports[form]))[:3]:
            check(False, f"{case}: {name}: {error.json_path}: {error.message[:300]}")


def run(arguments, folder, stdin=""):
    """Exit status and every report of one run."""
    forms = ["json", "sarif", "junit", "github", "text"]
    outputs = [f"--output={form}={folder}/report.{form}" for form in forms]
    done = subprocess.run([CVMDOM, "lint", *outputs, *arguments], input=stdin, capture_output=True, text=True, check=False,
                          cwd=folder, errors="surrogateescape")
    reports = {form: open(f"{folder}/report.{form}", encoding="utf-8").read() for form in forms}
    check(done.stdout == reports["text"], f"{arguments[-1]!r}: standard output is not format text")
    for form in ["json", "sarif"]:
        reports[form] = json.loads(reports[form])
    return done.returncode, reports


def counts_of(findings):
    return collections.Counter((item["rule"], item["severity"], item["line"]) for item in findings)


def agree(case, status, reports, fail_on):
    """All formats tell of the same findings, and the exit status is what JUnit calls failures."""
    everything = reports["json"]["findings"]
    findings = [item for item in everything if not item["suppression"]]
    summary, sarif = reports["json"]["summary"], reports["sarif"]["runs"][0]
    for severity in SEVERITIES:
        check(summary[severity] == sum(item["severity"] == severity for item in findings), f"{case}: count of {severity}")
    check(summary["suppressed"] == len(everything) - len(findings), f"{case}: count of suppressed")

    results = [{"rule": item["ruleId"], "severity": item["level"],
                "line": item["locations"][0].get("physicalLocation", {}).get("region", {}).get("startLine")}
               for item in sarif["results"]]
    check(counts_of(results) == counts_of(everything), f"{case}: SARIF has other results")
    check([bool(item["suppressions"]) for item in sarif["results"]] == [bool(item["suppression"]) for item in everything],
          f"{case}: SARIF has other suppressions")
    for item in sarif["results"]:
        check(sarif["tool"]["driver"]["rules"][item["ruleIndex"]]["id"] == item["ruleId"], f"{case}: ruleIndex")
    prints = collections.Counter((item["partialFingerprints"]["ruleAndPath/v1"],
                                  item["locations"][0].get("physicalLocation", {}).get("artifactLocation", {}).get("uri"))
                                 for item in sarif["results"])
    check(all(count == 1 for count in prints.values()), f"{case}: a fingerprint stands for two results")
    check(reports["json"]["complete"] == (status < 2), f"{case}: complete")
    check(sarif["invocations"][0]["executionSuccessful"] == (status < 2), f"{case}: executionSuccessful")

    failing = {(item["file"], item["rule"]) for item in findings
               if SEVERITIES.index(item["severity"]) >= SEVERITIES.index(fail_on)}
    suites = xml.etree.ElementTree.fromstring(reports["junit"])
    check(int(suites.get("failures")) == len(failing) == len(list(suites.iter("failure"))), f"{case}: JUnit's failures")
    check(int(suites.get("errors")) == len(reports["json"]["failures"]), f"{case}: JUnit's errors")
    check(status >= 2 or status == bool(failing), f"{case}: exit status {status}")

    commands = re.findall(r"^::(error|warning|notice) (?:[a-z]+=[^,:\n]*,?)+::.", reports["github"], re.MULTILINE)
    check(len(commands) == len(findings) + len(reports["json"]["failures"]), f"{case}: GitHub has other annotations")
    check(reports["github"].count("\n") <= len(commands) + 1, f"{case}: GitHub has lines that are no command")


def write_blocks(folder):
    """The examples of the rule pages: a file each."""
    for page in glob.glob(os.path.join(SRCDIR, "docs", "rules", "*.md")):
        with open(page, encoding="utf-8") as file:
            blocks = re.findall(r"^```(yaml|xml)[^\n]*\n(.*?)^```", file.read(), re.MULTILINE | re.DOTALL)
        for number, (suffix, text) in enumerate(blocks):
            if suffix == "xml" and "<domain" not in text:
                text = f"<domain type='kvm'>\n{text}</domain>\n"
            with open(f"{folder}/{os.path.basename(page)}-{number}.{suffix}", "w", encoding="utf-8") as file:
                file.write(text)


BAD = """name: "b {0} <b>&\\u001b[2J\\u009b ü"
launchSecurity: {type: sev-snp, policy: 0xb0000}
"un\\u0007known ]]> {x} %0A": 1
memory: 4
vcpu: 2
"""
SUPPRESSED = """name: web
# cvmdom: ignore=CVM207 -- for debugging & "tests" only
launchSecurity: {type: sev-snp, policy: 0xb0000}
memory: 4GiB
vcpu: 2 # cvmdom: ignore=CVM501 -- nothing there
"""
GOOD = "name: good\nlaunchSecurity: {type: sev-snp}\nmemory: 4GiB\nvcpu: 2\n"
NAMES = ["plain.yaml", "a b,c:d%.yaml", "new\nline::error::.yaml", "quote'\"<&>.yaml", "\udcff.yaml", "-dash.yaml", "ü漢.yaml"]


def cases(folder):
    """Arguments, standard input and --fail-on of each run."""
    write_blocks(folder)
    for name in NAMES:
        with open(os.fsencode(f"{folder}/{name}"), "w", encoding="utf-8") as file:
            file.write(BAD)
    for name, text in [("good.yaml", GOOD), ("broken.yaml", "a: [\n"), ("suppressed.yaml", SUPPRESSED), ("two.yaml", f"{BAD}---\n{BAD}")]:
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    pages = sorted(os.path.basename(path) for path in glob.glob(f"{folder}/CVM*.*"))
    yield ["good.yaml"], "", "error"
    yield ["--host", HOST, "good.yaml"], "", "error"
    yield [f"--host={HOST}", "--", *NAMES], "", "error"
    yield ["--fail-on=note", "--", *NAMES, "two.yaml", "good.yaml", "no-such.yaml", "broken.yaml"], "", "note"
    yield ["--fail-on=warning", f"--host={HOST}", *pages], "", "warning"
    yield pages, "", "error"
    yield ["--set=launchSecurity.policy=0xb0000", "good.yaml"], "", "error"
    yield ["-"], BAD, "error"
    yield ["--fail-on=note", "suppressed.yaml"], "", "note"
    yield ["broken.yaml", "no-such.yaml"], "", "error"
    yield ["--host=/no/such/host", "good.yaml"], "", "error"
    yield sorted(glob.glob(os.path.join(SRCDIR, "tests", "profiles", "broken", "*.yaml"))), "", "error"


def hold_readiness():
    """What `host check --format json` writes of each bundled host."""
    schema = load(SRCDIR, "schemas", "readiness.schema.json")
    validator = validator_of(schema)
    printed = subprocess.run([CVMDOM, "schema", "readiness"], capture_output=True, text=True, check=True).stdout
    check(json.loads(printed) == schema, "'schema readiness' prints another schema")
    for host in glob.glob(os.path.join(SRCDIR, "profiles", "hosts", "*.xml")):
        for more in ([], ["--type", "sev-snp"]):
            done = subprocess.run([CVMDOM, "host", "check", "--format", "json", *more, host], capture_output=True, text=True,
                                  check=False)
            report = json.loads(done.stdout)
            for error in list(validator.iter_errors(report))[:3]:
                check(False, f"{host}: {error.json_path}: {error.message[:300]}")
            ready = any(kind["state"] == "passed" for kind in report["types"])
            check(done.returncode == (0 if ready else 1), f"{host}: exit status {done.returncode}")
            in_the_way = {item["id"] for item in report["checks"] if item["state"] == "failed"}
            told = {name for kind in report["types"] for name in kind["inTheWay"]}
            check(in_the_way == told, f"{host}: {in_the_way} failed, and {told} are in the way")


def hold_guest_advice():
    """What `explain --guest --format json` writes of the shipped profiles, all at once and with an option that is too small."""
    schema = load(SRCDIR, "schemas", "guest.schema.json")
    validator = validator_of(schema)
    printed = subprocess.run([CVMDOM, "schema", "guest"], capture_output=True, text=True, check=True).stdout
    check(json.loads(printed) == schema, "'schema guest' prints another schema")
    profiles = sorted(glob.glob(os.path.join(SRCDIR, "profiles", "*.yaml")))
    done = subprocess.run([CVMDOM, "explain", "--format", "json", "--guest", *profiles], capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    for error in list(validator.iter_errors(report))[:3]:
        check(False, f"guest advice: {error.json_path}: {error.message[:300]}")
    check(len(report["guests"]) == len(profiles), f"{len(report['guests'])} guests of {len(profiles)} profiles")
    for guest in report["guests"]:
        confidential = guest["type"] not in ("none", "other")
        check(bool(guest["advice"]) == confidential and bool(guest["swiotlb"]) == confidential, f"{guest['name']}: advice")
        if confidential:
            swiotlb = guest["swiotlb"]
            for column in ("held", "usual", "most"):
                total = sum(device[column] for device in swiotlb["devices"])
                check(total == swiotlb[column], f"{guest['name']}: {column} is {swiotlb[column]}, the devices' {total}")


def hold_fleet():
    """What `fleet --format json` writes: without, and with each answer to --count."""
    schema = load(SRCDIR, "schemas", "fleet.schema.json")
    validator = validator_of(schema)
    printed = subprocess.run([CVMDOM, "schema", "fleet"], capture_output=True, text=True, check=True).stdout
    check(json.loads(printed) == schema, "'schema fleet' prints another schema")
    profiles = sorted(glob.glob(os.path.join(SRCDIR, "profiles", "*.yaml")))
    hosts = os.path.join(SRCDIR, "profiles", "hosts")
    for more, answer in (([], None), (["--count=1"], "placed"), (["--count=web-1=400"], "impossible")):
        done = subprocess.run([CVMDOM, "fleet", "--format=json", *more, *profiles, "--hosts", hosts], capture_output=True,
                              text=True, check=False)
        report = json.loads(done.stdout)
        for error in list(validator.iter_errors(report))[:3]:
            check(False, f"fleet {more}: {error.json_path}: {error.message[:300]}")
        check(len(report["hosts"]) == 3 and len(report["profiles"]) == len(profiles), f"fleet {more}: {done.stderr}")
        check([row["profile"] for row in report["pairs"]] == [profile["name"] for profile in report["profiles"]], "fleet: rows")
        for row in report["pairs"]:
            for host, state, guests, limit in zip(report["hosts"], row["states"], row["guests"], row["limits"], strict=True):
                check((state in ("runs", "warned")) == (guests != 0), f"fleet: {row['profile']} on {host['name']}")
                check(limit is None or limit < len(host["pools"]), f"fleet: limit of {row['profile']} on {host['name']}")
        placement = report["placement"]
        # Without GLPK nothing is proven.
        check((placement and placement["answer"]) in (answer, answer and answer.replace("impossible", "unproven")),
              f"fleet {more}: {placement}")
        check(done.returncode == (0 if answer in (None, "placed") else 1), f"fleet {more}: exit status {done.returncode}")
        if answer == "placed":
            placed = sum(share["guests"] for share in placement["shares"])
            check(placed == len(profiles) == sum(profile["placed"] for profile in report["profiles"]), f"fleet: {placed} placed")


def main():
    all_validators = validators()
    hold_readiness()
    hold_guest_advice()
    hold_fleet()
    printed = subprocess.run([CVMDOM, "schema", "findings"], capture_output=True, text=True, check=True).stdout
    check(json.loads(printed) == load(SRCDIR, "schemas", "findings.schema.json"), "'schema findings' prints another schema")
    count = findings = suppressed = 0
    with tempfile.TemporaryDirectory() as folder:
        for arguments, stdin, fail_on in cases(folder):
            case = " ".join(arguments)[:60]
            status, reports = run(arguments, folder, stdin)
            hold_against_schemas(case, reports, all_validators)
            agree(case, status, reports, fail_on)
            count += 1
            findings += len(reports["json"]["findings"])
            suppressed += reports["json"]["summary"]["suppressed"]
    check(findings > 200, f"only {findings} findings")
    check(suppressed > 0, "nothing is suppressed")
    print(f"{count} runs with {findings} findings held against {', '.join(all_validators)}")
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
