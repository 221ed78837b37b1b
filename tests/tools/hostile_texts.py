#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""hostile_texts.py CVMDOM FOLDER: renders one guest to every target with a harmless text in each place of a profile that
takes free text, and with texts that would end a quotation, a line or an element, start a command or drive a terminal. What
comes out has the same shape each time: the same options, keys and elements, and no shell or terminal sees the text itself."""
import json
import os
import re
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ET

import yaml

PROFILE = """\
name: %(name)s
title: %(text)s
description: %(lines)s
launchSecurity: {type: sev}
memory: 1GiB
vcpu: 1
cpu: {mode: custom, model: %(text)s}
os:
  firmware: {loader: %(path)s, type: pflash, nvram: %(path)s, nvramTemplate: %(path)s}
  kernel: %(path)s
  initrd: %(path)s
  cmdline: %(lines)s
devices:
  disk:
    - {source: %(path)s, serial: %(text)s}
    - {type: network, protocol: rbd, source: %(text)s, host: %(text)s, port: 6789, format: raw}
    - {type: volume, source: %(text)s, pool: %(text)s, format: raw}
  controller: [{type: scsi, model: virtio-scsi}]
  interface:
    - {type: bridge, source: %(text)s, target: %(text)s}
    - {type: vhostuser, source: %(path)s, mode: client}
  serial: [{type: file, source: %(path)s, log: %(path)s}, {type: tcp, source: %(text)s}]
  console: [{type: unix, source: %(path)s, mode: bind, target: virtio}]
  channel: [{type: unix, source: %(path)s, mode: bind, target: %(text)s}]
  rng: {backend: %(path)s}
  tpm: {type: external, source: %(path)s}
  graphics: [{type: vnc, listen: %(text)s, password: %(text)s}, {type: spice, socket: %(path)s}]
  filesystem: [{driver: path, source: %(path)s, target: %(text)s}]
  emulator: %(path)s
"""
HARMLESS = "word"
TEXTS = (
    "'; touch BROKEN; '", '"; touch BROKEN; "', "$(touch BROKEN)", "`touch BROKEN`", "${PWD}$PWD$$", "; touch BROKEN #", "| touch BROKEN",
    "&& touch BROKEN &", "> BROKEN", "\\", "\\'", '\\"', "''", "%n%i%%", "%", "~", "*?[a]", "!!", "-x", "--force", ",id=evil", ",,", ",readonly=on,", "=",
    "a: b", "- a", "# a", "{a: b", "[a", "!tag a", "&a", "*a", "---", "...", "yes", "null", "0x10", "1e3", "2001-01-01", "|", ">", "@", "?",
    "]]>", "<a b='c'>", "&lt;", "&#10;", "--><!--", "\t", "\x85ExecStart=touch BROKEN",
    "\u2028ExecStart=touch BROKEN", "\u202eoverride", "\ufeff", "ÄöŁ𝄞",
)
LINES = ("a\nb", "a\r\nb\rc", "\n[Service]\nExecStart=/bin/touch BROKEN\n", "\nEOF\ntouch BROKEN\n", "\n---\nkind: Secret\n", "'\ntouch BROKEN\n'", "\\\n", "a\n\n")


class Broken(Exception):
    pass


def render(cvmdom, folder, text, lines, target, *options):
    quoted = {name: json.dumps(value, ensure_ascii=False).replace("\x85", "\\N").replace("\u2028", "\\L").replace("\ufeff", "\\uFEFF")
              for name, value in (("name", "db"), ("text", text), ("lines", lines), ("path", "/srv/" + text))}
    path = os.path.join(folder, "profile.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(PROFILE % quoted)
    done = subprocess.run([cvmdom, "render", "--force", "--host", "epyc-rome-sev", "--to", target, *options, path],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if not done.stdout:
        raise Broken("nothing is rendered: " + done.stderr.decode(errors="replace"))
    return done.stdout.decode("utf-8")


# --- shapes --------------------------------------------------------------------------------------------------------------

def shape_of_value(value):
    if isinstance(value, dict):
        return {str(key): shape_of_value(inner) for key, inner in value.items()}
    return [shape_of_value(inner) for inner in value] if isinstance(value, list) else type(value).__name__


def shape_of_xml(text, folder):
    def walk(element):
        return (element.tag, sorted(element.keys()), [walk(child) for child in element])
    return walk(ET.fromstring(text))


def outside_of_quotes(script):
    """What the shell itself reads of a script; a quotation begins before a comment does."""
    return re.sub(r"'[^']*'|\\'|(?m:^#.*$)", "", script)


def shape_of_script(text, folder):
    path = os.path.join(folder, "script")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    if subprocess.run(["sh", "-n", path], check=False).returncode != 0:
        raise Broken("no shell reads it")
    # The words, not how they are quoted: only what needs it is.
    bare = outside_of_quotes(text)
    if "BROKEN" in bare or "PWD" in bare:
        raise Broken("the shell sees the text: " + bare[max(bare.find("BROKEN") - 200, 0):][:300])
    return len(shlex.split(text, comments=True))


def shape_of_virt_install(text, folder):
    """The options and their sub-options, as virt-install divides them; paths in the XML come and go with '&' and quotes."""
    shape_of_script(text, folder)
    fake = os.path.join(folder, "virt-install")
    with open(fake, "w", encoding="ascii") as file:
        file.write("#!/bin/sh\nprintf '%s\\0' \"$@\"\n")
    os.chmod(fake, 0o755)
    words = subprocess.run(["sh", os.path.join(folder, "script")], stdout=subprocess.PIPE, check=True, cwd=folder,
                           env={"PATH": folder + ":/usr/bin:/bin"}).stdout.decode("utf-8").split("\0")
    shape = []
    for option, value in zip(words[0::2], words[1::2]):
        if option == "--import":
            break
        if option in ("--name", "--connect", "--virt-type") or not option.startswith("--"):
            shape.append(option)
            continue
        lexer = shlex.shlex(value, posix=True)
        lexer.commenters, lexer.whitespace, lexer.whitespace_split = "", ",", True
        shape.append((option, [word.split("=", 1)[0] for word in lexer if not word.startswith("xpath")]))
    return shape


def shape_of_arguments(text, folder):
    """The options, and what JSON is behind them."""
    def inner(option, word):
        if option in ("-kernel", "-initrd", "-append", "-name", "-cpu", "-vnc"):
            return ""
        return shape_of_value(json.loads(word)) if word.startswith("{") else word.startswith("-") and word
    words = text.split("\0")
    return [inner(option, word) for option, word in zip([""] + words, words)]


def shape_of_unit(text, folder):
    """systemd ends a line at \\n alone, and a backslash before it joins two (systemd.syntax(7))."""
    joined = re.sub(r"\\\n[ \t]*", " ", text)
    return [line.split("=", 1)[0] for line in joined.split("\n") if not line.startswith(("#", ";"))]


def shape_of_yaml(text, folder):
    return [shape_of_value(document) for document in yaml.safe_load_all(text)]


SHAPES = (
    ("libvirt", (), shape_of_xml), ("qemu", (), shape_of_script), ("qemu", ("--args0",), shape_of_arguments),
    ("systemd", (), shape_of_unit), ("virt-install", (), shape_of_virt_install), ("kubevirt", (), shape_of_yaml),
)


def check_terminal(text, options):
    """--args0 is for programs: each word as it is."""
    if "--args0" in options:
        return
    found = re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]", text)
    if found:
        raise Broken("a terminal sees %r in %r" % (found.group(), text[max(found.start() - 60, 0):found.end() + 20]))


def main(cvmdom, folder):
    failed = 0
    for target, options, shape in SHAPES:
        base = shape(render(cvmdom, folder, HARMLESS, HARMLESS, target, *options), folder)
        for text, lines in [(text, text) for text in TEXTS] + [(HARMLESS, lines) for lines in LINES]:
            try:
                rendered = render(cvmdom, folder, text, lines, target, *options)
                got = shape(rendered, folder)
                if got != base:
                    raise Broken("another shape: %s instead of %s" % (got, base))
                check_terminal(rendered, options)
            except (Broken, ValueError, ET.ParseError, yaml.YAMLError, subprocess.CalledProcessError) as error:
                print("%s: %r: %s" % (" ".join((target, *options)), lines, str(error)[:400]))
                failed += 1
    if os.path.exists(os.path.join(folder, "BROKEN")):
        print("a command ran")
        failed += 1
    print("%d texts in %d forms" % (len(TEXTS) + len(LINES), len(SHAPES)))
    return failed


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1], sys.argv[2]) else 0)
