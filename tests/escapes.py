#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""escapes.py CVMDOM SRCDIR FOLDER: puts texts that would drive a terminal, turn the direction of a line, or begin a command
of GitHub Actions, into everything that the command reads, and looks at every byte that it prints or writes. A row of CHANNELS is a way in, a row of
WAYS what is run with it."""
import json
import os
import re
import subprocess
import sys
import urllib.parse
import xml.etree.ElementTree as ET

CVMDOM, SRCDIR, FOLDER = sys.argv[1:4]
HOST = "epyc-genoa-snp"
FORMATS = ("text", "json", "sarif", "junit", "github")

# UAX #9's Bidi_Control, the separators of lines, a character without a look, and a tag.
TURNING = "\u202e\u2066\u2069\u202a\u202b\u202c\u202d\u2067\u2068\u200e\u200f\u061c\u2028\u2029\u200b\ufeff\U000e0041"
C1 = "\x7f\x9b31m\x85\x90\x9d"
DRIVING = "\x1b[31m\x1b]0;title\x07\x08\r"
COMMANDS = "\n::error title=broken::out\n::stop-commands::x\n%0A::debug::y"
WRONG = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")

# Names of files, as bytes; a slash is the only thing that they cannot hold.
NAMES = (
    ("esc" + DRIVING + C1 + TURNING).encode(), b"raw\x9b31m\xff\xc2", COMMANDS.encode(), b"::error ::x", b" ::warning::y",
    b"a b%20c%", b"a:b", b"http:c", b"quo'te\"<&>\\", b"a,b=c", b"-x", "ÄöŁ𝄞\u200d".encode(), b"##[error]x",
)
failed = checked = 0


def say(*words):
    global failed
    failed += 1
    print("FAIL:", *words)


def text_of(data, what):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        say(what, "is no UTF-8:", repr(data[max(error.start - 60, 0):error.end + 20]))
        return data.decode("utf-8", errors="replace")


def look(data, what):
    """No byte that a terminal obeys, in a format for people or for programs."""
    global checked
    checked += 1
    text = text_of(data, what)
    wrong = WRONG.search(text)
    if wrong:
        say(what, "has %r in %r" % (wrong.group(), text[max(wrong.start() - 80, 0):wrong.end() + 20]))
    for line in text.split("\n"):
        if line.lstrip().startswith("::") and not re.match(r"::(error|warning|notice) (file|title)=", line):
            say(what, "has a command of GitHub's: %r" % line)
    return text


def uri_is_well_formed(uri):
    return re.fullmatch(r"(?:[A-Za-z0-9._~!$&'()*+,;=@/-]|%[0-9A-Fa-f]{2}|:(?=//))*", uri) is not None


def look_at_report(kind, text, what, name=None):
    """name: of the only input, in the working folder."""
    try:
        if kind in ("json", "sarif"):
            report = json.loads(text)
        elif kind == "junit":
            ET.fromstring(text)
    except (ValueError, ET.ParseError) as error:
        say(what, "cannot be read:", error)
        return
    if kind == "sarif":
        uris = [artifact["location"]["uri"] for artifact in report["runs"][0]["artifacts"]]
        for uri in uris:
            if not uri_is_well_formed(uri):
                say(what, "has the URI", repr(uri))
        if name is not None and not any(urllib.parse.unquote_to_bytes(uri) == name for uri in uris):
            say(what, "does not name %r but %r" % (name, uris))
    if kind == "json" and name is not None:
        files = {finding["file"] for finding in report["findings"]}
        if name.isascii() and files - {name.decode()}:
            say(what, "names", files)


def run(words):
    done = subprocess.run([CVMDOM, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, cwd=FOLDER)
    what = " ".join(os.fsdecode(word).encode("utf-8", "backslashreplace").decode() for word in words)[:100].encode("unicode_escape").decode()
    if done.returncode < 0 or done.returncode > 3:
        say(what, "exited with", done.returncode)
    look(done.stderr, "stderr of " + what)
    return done.stdout, what


def lint_in_all_formats(words, name=None):
    """One run: text is what is printed, the others are files."""
    outputs = [word for kind in FORMATS[1:] for word in ("--output", kind + "=reports/" + kind)]
    out, what = run(["lint", *outputs, *words])
    look(out, "stdout of " + what)
    for kind in FORMATS[1:]:
        path = os.path.join(FOLDER, "reports", kind)
        if os.path.exists(path):
            with open(path, "rb") as file:
                look_at_report(kind, look(file.read(), kind + " of " + what), what, name)
            os.unlink(path)


def write(name, content):
    path = os.path.join(os.fsencode(FOLDER), os.fsencode(name))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())
    return name


def remove(name):
    os.unlink(os.path.join(os.fsencode(FOLDER), os.fsencode(name)))


def quoted(text):
    """For YAML, in which what it takes for no text has to be a number."""
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else "\\U%08x" % ord(c) for c in text) + '"'


def references(text):
    """For XML, which has no reference to most of C0."""
    return "".join("&#%u;" % ord(c) for c in text if ord(c) >= 0x20 or c in "\t\n\r")


ALL = DRIVING + C1 + TURNING + COMMANDS
PROFILE = """\
name: db
title: %(value)s
launchSecurity: {type: sev-snp, policy: 0xb0000}
memory: 1GiB
vcpu: 1
os: {kernel: %(value)s, cmdline: %(value)s}
devices:
  disk: [{source: %(value)s, target: vda}]
  interface: [{type: bridge, source: %(value)s}]
"""
DOMAIN = """\
<domain type='kvm'><name>%(value)s</name><memory unit='KiB'>1048576</memory><vcpu>1</vcpu><title>%(value)s</title>
<os><type machine='%(value)s'>hvm</type><loader readonly='%(value)s' type='rom'>%(value)s</loader><kernel>%(value)s</kernel></os>
<launchSecurity type='sev-snp'><policy>%(value)s</policy></launchSecurity>
<devices><disk type='%(value)s' device='disk'><source file='%(value)s'/><target dev='vda' bus='%(value)s'/></disk>
<%(raw)s/><graphics type='vnc' passwd='%(value)s'/></devices></domain>
"""
GOOD = "name: db\nlaunchSecurity: {type: sev-snp, policy: 0xb0000}\nmemory: 1GiB\nvcpu: 1\n"
LOG = "2026-01-01 00:00:00.000+0000: starting up\nqemu-system-x86_64: %s: sev_launch_start: LAUNCH_START ret=1 fw_error=6 '%s'\n%s\n"


def names_of_files():
    for name in NAMES:
        for ending, content in ((b".yaml", GOOD), (b".xml", DOMAIN % {"value": "x", "raw": "odd"})):
            if name[:1] != b"-":
                write(name + ending, content)
                lint_in_all_formats([name + ending], name + ending)
                remove(name + ending)
        for content in ("name: [broken\n", "<domain><broken>", "{}: 1\n", "\x1b"):
            write(b"f" + name, content)
            lint_in_all_formats([b"f" + name])
            remove(b"f" + name)
    for name in (NAMES[0] + COMMANDS.encode(), NAMES[1]):
        for words in (["lint", b"gone" + name], ["render", b"gone" + name], ["lint", b"gone/" + name], ["host", "show", b"gone" + name], ["lint", "--host", b"gone" + name, "x"],
                      ["explain", "--log", b"gone" + name], ["lint", "--config", b"gone" + name, "x"], ["lint", "--output", b"json=" + name + b"/x", "good.yaml"],
                      ["lint", "--files-from", b"gone" + name], ["fleet", b"gone" + name, "--hosts", "."], ["fleet", "good.yaml", "--hosts", b"gone" + name],
                      ["measure", b"gone" + name], ["harden", b"gone" + name], ["verify", b"gone" + name], ["render", "good.yaml", "-o", name + b"/x"],
                      ["secret", b"gone" + name], ["idblock", b"gone" + name], ["session", b"gone" + name], ["lint", "--host", b"gone" + name + b"://x", "good.yaml"]):
            look(*run(words))
    folder = b"folder" + NAMES[0] + b"/"
    write(folder + b".cvmdom.yaml", "ignore: [CVM207]\nunknown: 1\n")
    write(folder + b"db.yaml", GOOD)
    lint_in_all_formats([folder])
    write(folder + b".cvmdom.yaml", "ignore: [CVM207]\n")
    lint_in_all_formats([folder])


def values():
    raw = TURNING.replace("\u2028", "").replace("\u2029", "").replace("\ufeff", "")
    for value in (quoted(ALL), quoted("x" + TURNING), '"' + raw + '"', "'%s'" % raw):
        write("value.yaml", PROFILE % {"value": value})
        lint_in_all_formats(["value.yaml", "--host", HOST])
        for target in ("libvirt", "qemu", "systemd", "virt-install", "kubevirt"):
            look(*run(["render", "--force", "--explain", "--host", HOST, "--to", target, "value.yaml"]))
        for key in ("name", "vcpu", "memory", "launchSecurity.type", "launchSecurity.policy", "devices.disk", "extends", "host", "cpu", "onReboot"):
            write("key.yaml", "name: db\n%s: %s\n" % (key.split(".")[0], value if "." not in key else "{%s: %s}" % (key.split(".")[1], value)))
            lint_in_all_formats(["key.yaml"])
        write("key.yaml", "%s: 1\nlaunchSecurity: {%s: 1}\n" % (value, value))
        lint_in_all_formats(["key.yaml"])
        look(*run(["explain", "--guest", "value.yaml"]))
        look(*run(["explain", "--guest", "value.yaml", "--format", "json"]))
        look(*run(["lint", "--jobs", "2", "value.yaml", "key.yaml"]))
    write("comment.yaml", "# cvmdom: ignore-file=CVM207 -- %s\n# cvmdom: ignore=%s -- x\n" % (raw, raw) + GOOD)
    lint_in_all_formats(["comment.yaml"])
    for text in (ALL, C1 + TURNING):
        write("value.xml", DOMAIN % {"value": references(text), "raw": "odd"})
        lint_in_all_formats(["value.xml", "--host", HOST])
        write("value.xml", DOMAIN % {"value": "x" + (C1 + TURNING).replace("\x85", ""), "raw": "odd" + "\u200d"})
        lint_in_all_formats(["value.xml", "--host", HOST])
        for form in ("text", "json"):
            look(run(["harden", "--check", "--format", form, "value.xml"])[0], "harden --check --format " + form)
    write("broken.xml", "<domain><a b='%s'></c%s>" % (TURNING, TURNING))
    lint_in_all_formats(["broken.xml"])
    write("broken.yaml", "a: b\n%s%s: [\n" % (raw, raw))
    lint_in_all_formats(["broken.yaml"])
    for word in (ALL, C1 + TURNING):
        word = word.replace("\0", "")
        for words in (["policy", word], ["policy", "7", "--type", word], ["explain", word], [word], ["--" + word], ["lint", "--" + word], ["lint", "--format", word, "x"],
                      ["lint", "--select", word, "good.yaml"], ["lint", "--set-severity", word + "=note", "good.yaml"], ["lint", "--set", word, "good.yaml"],
                      ["lint", "--set", "name=" + word, "good.yaml"], ["lint", "--set", word + "=1", "good.yaml"], ["render", "--to", word, "good.yaml"],
                      ["help", word], ["schema", word], ["completion", word], ["host", word], ["host", "show", word], ["lint", "--host", word, "good.yaml"],
                      ["fleet", "good.yaml", "--hosts", ".", "--count", word], ["measure", "--vcpu-type", word, "good.yaml"], ["lint", "--color", word, "good.yaml"]):
            look(*run(words))
    write("config.yaml", "ignore: [%s]\nhost: %s\n%s: 1\n" % (quoted(ALL), quoted(ALL), quoted(ALL)))
    lint_in_all_formats(["--config", "config.yaml", "good.yaml"])


def logs():
    for text in (ALL, TURNING):
        write("db.log", LOG % (text, text, text))
        look(*run(["explain", "--log", "db.log"]))
        write(b"db" + NAMES[0] + b".log", LOG % (text, text, text))
        look(*run(["explain", "--log", b"db" + NAMES[0] + b".log"]))
        write(b"empty" + NAMES[0] + b".log", "nothing\n")
        look(*run(["explain", "--log", b"empty" + NAMES[0] + b".log"]))


def hosts():
    with open(os.path.join(SRCDIR, "profiles", "hosts", HOST + ".xml"), encoding="utf-8") as file:
        record = file.read()
    text = references(C1 + TURNING)
    # Every text of a record, one by one as far as what is read tells.
    for pattern, name in (("(<name>)[^<]*", "name"), ("(name=')[^']*", "attributes"), ("(<model[^>]*>)[^<]*", "model"), ("(<path>)[^<]*", "path"), ("(<version>)[^<]*", "version"),
                          (">([^<>\n]*[A-Za-z][^<>\n]*)<", "all")):
        changed = re.sub(pattern, r"\g<1>" + text, record) if name != "all" else re.sub(r">([^<>\n]*[A-Za-z/][^<>\n]*)<", ">" + text + "<", record)
        write("host.xml", changed)
        look(*run(["host", "show", "host.xml"]))
        look(*run(["host", "check", "host.xml"]))
        look(*run(["host", "show", "--format", "json", "host.xml"]))
        look(*run(["host", "check", "--format", "json", "host.xml"]))
        lint_in_all_formats(["--host", "host.xml", "good.yaml"])
        write("hosts/host.xml", changed)
        for kind in ("text", "json", "html"):
            look(*run(["fleet", "value.yaml", "good.yaml", "--hosts", "hosts", "--format", kind]))
    descriptor = json.dumps({"description": ALL, "interface-types": ["uefi"], "mapping": {"device": "memory", "filename": "/" + ALL},
                             "targets": [{"architecture": "x86_64", "machines": ["pc-q35-*", ALL]}], "features": ["amd-sev", "amd-sev-es", "amd-sev-snp", ALL], "tags": [ALL]})
    for content in (descriptor, descriptor.replace("uefi", "u" + C1), "{" + json.dumps(ALL) + ": ", json.dumps([ALL])):
        write(b"root/usr/share/qemu/firmware/50-x" + NAMES[0] + b".json", content)
        lint_in_all_formats(["--host", HOST, "--firmware-root", "root", "good.yaml"])
        look(*run(["render", "--host", HOST, "--firmware-root", "root", "--explain", "good.yaml"]))


def reports_in_files():
    for name in NAMES:
        out, what = run(["lint", "--output", b"json=r" + name, "--output", b"sarif=s" + name, "good.yaml"])
        look(out, what)
        with open(os.path.join(os.fsencode(FOLDER), b"s" + name), "rb") as file:
            look_at_report("sarif", look(file.read(), what), what)


def main():
    write("good.yaml", GOOD)
    os.makedirs(os.path.join(FOLDER, "reports"))
    for channel in (names_of_files, values, logs, hosts, reports_in_files):
        channel()
    print("%d streams looked at, %d wrong" % (checked, failed))
    return 1 if failed or checked < 800 else 0


if __name__ == "__main__":
    sys.exit(main())
