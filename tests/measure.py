#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""`cvmdom measure` beside the calculation of tests/tools/launch_digests.py: each of its launches once as domain XML, and
once as options over a profile that says otherwise; the JSON by its schema."""

import base64
import json
import os
import subprocess
import sys

SRCDIR = os.path.abspath(os.environ.get("srcdir", "."))
sys.path.insert(0, os.path.join(SRCDIR, "tests", "tools"))
sys.dont_write_bytecode = True
import launch_digests  # noqa: E402

try:
    import jsonschema
except ImportError:
    jsonschema = None

CVMDOM = os.environ["CVMDOM"]
POLICIES = {"sev": "0x0003", "sev-es": "0x0007", "sev-snp": "0x00030000"}
# What QEMU's -bios, and so cvmdom, takes.
BIOS_UNIT = 65536
MODELS = {int(number, 16): name for name, number in launch_digests.SIGNATURES.items()}
PROFILE = """name: other
launchSecurity: {type: %s}
os: {firmware: {loader: /nonexistent, stateless: true}}
cpu: {mode: host-passthrough}
memory: 1GiB
vcpu: 1
"""
FAILED = []


def check(condition, text):
    if not condition:
        print(f"FAIL: {text}")
        FAILED.append(text)


def xml(case, folder):
    # relative paths would be QEMU's
    paths = {name: os.path.join(folder, case[name]) for name in ("firmware", "kernel", "initrd")}
    security = "sev-snp" if case["guest"] == "sev-snp" else "sev"
    hashes = " kernelHashes='yes'" if case["kernel"] != "-" else ""
    boot = "".join(
        f"<{name}>{paths.get(name, case[name])}</{name}>" for name in ("kernel", "initrd", "cmdline") if case[name] != "-"
    )
    model = MODELS.get(int(case["signature"], 16), "EPYC-Milan")
    return f"""<domain type='kvm'>
  <name>{case['id']}</name>
  <memory unit='GiB'>1</memory>
  <memtune><hard_limit unit='GiB'>2</hard_limit></memtune>
  <memoryBacking><locked/></memoryBacking>
  <vcpu current='{case['vcpus']}'>{int(case['vcpus']) + 1}</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type>
  <loader type='rom' stateless='yes'>{paths['firmware']}</loader>{boot}</os>
  <features><acpi/></features>
  <cpu mode='custom'><model>{model}-v1</model></cpu>
  <launchSecurity type='{security}'{hashes}><policy>{POLICIES[case['guest']]}</policy></launchSecurity>
</domain>
"""


def others(case):
    """What no document says."""
    yield from (["--svsm", case["svsm"], "--vars-size", case["vars_size"]] if case["vmm"] == "svsm" else
                ["--vmm", case["vmm"]])
    if case["vmsa"] != "default":
        yield from ["--vmsa", case["vmsa"]]
    if case["guest"] != "sev":
        yield from ["--features", case["features"]]


def options(case):
    yield from ["--firmware", case["firmware"], "--policy", POLICIES[case["guest"]], "--vcpus", case["vcpus"]]
    if case["signature"] != "0":
        yield from ["--cpu-signature", case["signature"]]
    if case["kernel"] != "-":
        yield from ["--kernel-hashes", "yes", "--kernel", case["kernel"]]
        for name in ("initrd", "cmdline"):
            yield from [f"--{name}", "" if case[name] == "-" else case[name]]
    yield from others(case)


def run(folder, *arguments):
    return subprocess.run([CVMDOM, "measure", *arguments], cwd=folder, capture_output=True, text=True, check=False)


def hold_steps(name, told, steps):
    mine = [(kind, size, count, contents.hex() or None, after.hex() or None)
            for kind, _, size, count, contents, after in steps]
    theirs = [(step["kind"], step["size"], step["count"], step["contents"], step["digest"]) for step in told["steps"]]
    check(mine == theirs, f"{name}: other steps")


def hold(folder, case, how, arguments, validator):
    digest, steps = launch_digests.compute(case, folder)
    name = f"{case['id']} {how}"
    done = run(folder, "--format", "json", *arguments)
    if done.returncode != 0:
        check(False, f"{name}: {done.stderr[-800:]}")
        return
    report = json.loads(done.stdout)
    for error in list(validator.iter_errors(report))[:3] if validator else []:
        check(False, f"{name}: {error.json_path}: {error.message[:300]}")
    (told,) = report["measurements"]
    check(told["digest"]["hex"] == digest.hex(), f"{name}: {told['digest']['hex']}, not {digest.hex()}")
    check(told["digest"]["base64"] == base64.b64encode(digest).decode(), f"{name}: base64")
    check(told["guest"] == case["guest"], f"{name}: guest {told['guest']}")
    hold_steps(name, told, steps)


def main():
    folder = os.path.abspath(sys.argv[1])
    with open(os.path.join(SRCDIR, "schemas", "measurement.schema.json"), encoding="utf-8") as file:
        schema = json.load(file)
    validator = jsonschema.Draft202012Validator(schema) if jsonschema else None
    launch_digests.write_files(folder)
    for guest in POLICIES:
        with open(os.path.join(folder, f"{guest}.yaml"), "w", encoding="utf-8") as file:
            file.write(PROFILE % guest)
    count = refused = 0
    for case in launch_digests.cases():
        if int(case["vcpus"]) > 64:
            continue
        document = os.path.join(folder, f"{case['id']}.xml")
        with open(document, "w", encoding="utf-8") as file:
            file.write(xml(case, folder))
        ways = {"as XML": [document, *others(case)], "by options": [f"{case['guest']}.yaml", *options(case)]}
        if os.path.getsize(os.path.join(folder, case["firmware"])) % BIOS_UNIT:
            done = run(folder, *ways["as XML"])
            check(done.returncode == 1 and not done.stdout and "[CVM802]" in done.stderr, f"{case['id']} is refused")
            refused += 1
            continue
        for how, arguments in ways.items():
            hold(folder, case, how, arguments, validator)
            count += 1
    check(count > 100 and refused > 0, f"{count} measured, {refused} refused")
    print(f"{count} measured, {refused} refused, {len(FAILED)} failed")
    sys.exit(1 if FAILED else 0)


if __name__ == "__main__":
    main()
