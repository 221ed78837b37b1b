# SPDX-License-Identifier: LGPL-2.1-or-later
"""Holds what is rendered for KubeVirt against the members that the renderer may write (kubevirt/members.txt), reads it back with a
YAML reader that is not ours, and holds the findings of profiles that KubeVirt cannot express against the marks in them.

CVMDOM_TEST_KUBEVIRT_SCHEMA=FILE has it hold the output against KubeVirt's own schema, too: a JSON Schema of VirtualMachine (#/definitions)
cut from api/openapi-spec/swagger.json of kubevirt/kubevirt, which is not part of this tree. Unknown members are looked for, since that
schema does not forbid them."""
import glob
import json
import os
import re
import subprocess
import sys

try:
    import yaml
except ImportError:
    print("skipped: no python3-yaml")
    sys.exit(77)

SRCDIR = os.environ["srcdir"]
FOLDER = os.path.join(SRCDIR, "tests/kubevirt")
CVMDOM = os.environ["CVMDOM"]
counts = {"passed": 0, "failed": 0}


def check(truth, text):
    counts["passed" if truth else "failed"] += 1
    if not truth:
        print("FAIL:", text)


def run(*arguments):
    return subprocess.run([CVMDOM, *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False, text=True)


def render(profile, *more):
    done = run("render", "--to", "kubevirt", profile, *more)
    check(done.returncode == 0, f"{profile} is not rendered:\n{done.stderr}")
    return done.stdout


# ---- members ----

def kind_of(value):
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int):
        return "number"
    if isinstance(value, str):
        return "text"
    return "empty" if value == {} else type(value).__name__


def leaves(value, path=""):
    """Path and kind of each scalar and each empty map: "spec.template.spec.networks[].name"."""
    if isinstance(value, dict) and value:
        for key, member in value.items():
            key = f"[{key}]" if "/" in key else f".{key}"
            yield from leaves(member, path + key)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, path + "[]")
    else:
        yield path.lstrip("."), kind_of(value)


def read_members():
    with open(os.path.join(FOLDER, "members.txt"), encoding="utf-8") as file:
        return [tuple(line.split(" ")) for line in map(str.strip, file) if line and not line.startswith("#")]


# ---- KubeVirt's own schema ----

def resolve(schema, node):
    while "$ref" in node:
        node = schema["definitions"][node["$ref"].rsplit("/", 1)[1]]
    return node


def unknown(schema, node, value, path=""):
    """Members that the schema has no property for. Maps with free keys (labels, requests) have additionalProperties."""
    node = resolve(schema, node)
    if isinstance(value, list):
        for item in value:
            yield from unknown(schema, node.get("items", {}), item, path + "[]")
    elif isinstance(value, dict):
        properties = node.get("properties", {})
        for key, member in value.items():
            if key in properties:
                yield from unknown(schema, properties[key], member, f"{path}.{key}")
            elif "additionalProperties" not in node:
                yield f"{path}.{key}"


def hold_against_schema(path, documents):
    try:
        import jsonschema
    except ImportError:
        print("KubeVirt's schema is not looked at: no python3-jsonschema")
        return
    with open(path, encoding="utf-8") as file:
        schema = json.load(file)
    machine = {"$ref": "#/definitions/v1.VirtualMachine"}
    validator = jsonschema.Draft4Validator({**schema, **machine})
    for name, document in documents.items():
        errors = [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in validator.iter_errors(document)]
        check(not errors, f"{name} against KubeVirt's schema: {errors}")
        strange = list(unknown(schema, machine, document))
        check(not strange, f"{name} has members that KubeVirt does not know: {strange}")
    # The check itself: what is wrong is seen.
    wrong = {"spec": {"template": {"spec": {"domain": {"devices": {}, "launchSecurity": {"snp": {"policy": "0x30000"}}}}}}}
    check(list(unknown(schema, machine, wrong)) == [".spec.template.spec.domain.launchSecurity.snp.policy"], "an unknown member is not seen")
    check(list(validator.iter_errors({"spec": {"template": 1}})) != [], "what the schema forbids is not seen")
    print(f"held against {path}")


# ---- what can be said ----

def render_all():
    documents = {}
    for path in sorted(glob.glob(os.path.join(FOLDER, "*.yaml")) + [os.path.join(SRCDIR, "profiles/snp-kubevirt.yaml")]):
        name = os.path.basename(path)
        if not name.startswith("cannot-"):
            documents[name] = yaml.safe_load(render(path))
    return documents


def check_members(documents):
    members = read_members()
    check(members == sorted(set(members)), "members.txt is not sorted, or says something twice")
    seen = set()
    for name, document in documents.items():
        for leaf in leaves(document):
            check(leaf in members, f"{name}: {leaf[0]} ({leaf[1]}) is not in members.txt")
            seen.add(leaf)
    for leaf in set(members) - seen:
        check(False, f"no profile of tests/kubevirt has {leaf[0]} ({leaf[1]})")


def spec_of(document):
    return document["spec"]["template"]["spec"]


def check_launch(documents):
    def launch(name):
        return spec_of(documents[name])["domain"].get("launchSecurity")

    check(launch("sev.yaml") == {"sev": {}}, "SEV is SEV")
    check(launch("snp.yaml") == {"snp": {}}, "SEV-SNP is SEV-SNP")
    check(launch("plain.yaml") is None, "an ordinary guest has no launchSecurity")
    attested = launch("sev-es.yaml")["sev"]
    for key, file in (("dhCert", "dh-cert.b64"), ("session", "session.b64")):
        with open(os.path.join(SRCDIR, "tests/rule-pages", file), encoding="ascii") as blob:
            check(attested.pop(key) == "".join(blob.read().split()), f"{key} is another")
    check(attested == {"policy": {"encryptedState": True}, "attestation": {}}, "SEV-ES is SEV-ES, and attested")
    for name, document in documents.items():
        spec = spec_of(document)
        paused = "attestation" in (spec["domain"].get("launchSecurity") or {}).get("sev", {})
        check((spec.get("startStrategy") == "Paused") == paused, f"{name} is paused when it is to be attested")
        check(spec["domain"]["firmware"]["bootloader"] == {"efi": {"secureBoot": False}}, f"{name} boots by UEFI without Secure Boot")
        volumes = [volume["name"] for volume in spec.get("volumes", [])]
        check(volumes == [disk["name"] for disk in spec["domain"]["devices"].get("disks", [])], f"{name}: a volume for each disk")
        networks = [network["name"] for network in spec.get("networks", [])]
        check(networks == [card["name"] for card in spec["domain"]["devices"].get("interfaces", [])], f"{name}: a network for each card")


def check_texts():
    """What looks like something else comes back as what it was."""
    profile = os.path.join(FOLDER, "snp.yaml")
    for text in ("yes", "No", "null", "~", "0123", "1e3", "0x1f", "12:30:45", "2026-11-21", "a: b", "# no comment", "- item", "'", '"\\', " edge ",
                 "K\u00e4se \u20ac \U0001f9c0", "{}", "[1]", "!tag", "&anchor", "*alias", "%", "@", "`", ".inf", "=", "<<"):
        document = yaml.safe_load(render(profile, "--set", f"description={json.dumps(text, ensure_ascii=False)}"))
        came = document["metadata"]["annotations"]["kubernetes.io/description"]
        check(came == text, f"description {text!r} comes back as {came!r}")
        check(isinstance(came, str), f"description {text!r} is no text any more")
    for name in ("0123", "1e3", "null", "yes", "0b1"):
        came = yaml.safe_load(render(profile, "--set", f"name={json.dumps(name)}"))["metadata"]["name"]
        check(came == name, f"name {name!r} comes back as {came!r}")


def check_strategies():
    profile = os.path.join(FOLDER, "snp.yaml")
    for sets, strategy in (((), "Manual"), (("onPoweroff=destroy", "onCrash=destroy"), "Manual"), (("onCrash=restart",), "RerunOnFailure"),
                           (("onPoweroff=restart",), "Always"), (("onPoweroff=restart", "onCrash=restart"), "Always")):
        options = [option for value in sets for option in ("--set", value)]
        came = yaml.safe_load(render(profile, *options))["spec"]["runStrategy"]
        check(came == strategy, f"{sets}: {came} instead of {strategy}")


def check_forced():
    """What is rendered in spite of an error never loses what was asked for in silence: virt-api refuses it."""
    done = run("render", "--to", "kubevirt", "--force", os.path.join(FOLDER, "snp.yaml"), "--set", "launchSecurity.type=tdx")
    check(spec_of(yaml.safe_load(done.stdout))["domain"].get("launchSecurity") == {}, "a type that is not understood is still asked for")
    done = run("render", "--to", "kubevirt", "--force", os.path.join(SRCDIR, "profiles/snp-minimal.yaml"))
    spec = spec_of(yaml.safe_load(done.stdout))
    check(len(spec["domain"]["devices"]["disks"]) == 1 and "volumes" not in spec, "a disk without a volume stays one")


# ---- what cannot be said ----

FINDING = re.compile(r"^(.*):(\d+):\d+: (error|warning|note): .*\[(CVM\d+)\]$")


def check_cannot(path):
    """Each line says what is found in it: "# expect: CVM821 error, CVM108 warning"."""
    expected = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            mark = re.search(r"# expect: (.*)$", line)
            expected += [(number, *one.split()) for one in mark.group(1).split(", ")] if mark else []
    done = run("lint", "--to", "kubevirt", "--color", "never", path)
    found = [(int(match[2]), match[4], match[3]) for match in map(FINDING.match, done.stdout.splitlines()) if match]
    name = os.path.basename(path)
    for one in sorted(set(found) - set(expected)):
        check(False, f"{name}:{one[0]}: not expected: {one[1]} {one[2]}")
    for one in sorted(set(expected) - set(found)):
        check(False, f"{name}:{one[0]}: not found: {one[1]} {one[2]}")
    check(sorted(found) == sorted(expected), f"{name}: something is found twice")
    check(any(rule.startswith("CVM82") or rule.startswith("CVM83") for _, rule, _ in found), f"{name}: nothing is found")
    refused = any(severity == "error" for _, _, severity in found)
    done = run("render", "--to", "kubevirt", path)
    check((done.stdout == "") == refused, f"{name} is rendered in spite of errors, or not rendered without")


def main():
    documents = render_all()
    check(len(documents) == 5, f"{len(documents)} documents")
    check_members(documents)
    check_launch(documents)
    check_texts()
    check_strategies()
    check_forced()
    cannot = sorted(glob.glob(os.path.join(FOLDER, "cannot-*.yaml")))
    check(len(cannot) == 6, f"{len(cannot)} profiles that KubeVirt cannot express")
    for path in cannot:
        check_cannot(path)
    schema = os.environ.get("CVMDOM_TEST_KUBEVIRT_SCHEMA")
    if schema:
        hold_against_schema(schema, documents)
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    return 1 if counts["failed"] else 0


sys.exit(main())
