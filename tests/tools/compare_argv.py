#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""compare_argv.py OURS THEIRS LIBVIRT USED [native|started]

Compares the QEMU command line that cvmdom renders (--args0: a NUL behind each argument) with libvirt's: what `virsh
domxml-to-native` prints, or, started, what a start gave QEMU, one argument a line. Both are read as QEMU reads them, JSON or
key=value, so that neither order nor notation counts. What is to differ is ON_PURPOSE: each such difference is noted in
USED, any other one is printed, and is a failure. LIBVIRT is its version's first number.

compare_argv.py --names LIBVIRT: the names of all that are to differ there, and docs/cvmdom-qemu.7 has every one.
"""
import json
import re
import shlex
import sys

# What stands before the first '=', by option.
IMPLIED = {"-machine": "type", "-accel": "accel", "-cpu": "model", "-m": "size", "-smp": "cpus", "-chardev": "backend",
           "-fsdev": "fsdriver", "-tpmdev": "type", "-netdev": "type", "-vnc": "vnc", "-spice": "", "-sandbox": "enable",
           "-numa": "type", "-boot": "order", "-object": "qom-type", "-device": "driver", "-watchdog-action": "action"}
# Options that are there once, whatever else they say.
SINGLE = ("-machine", "-accel", "-cpu", "-m", "-smp", "-boot", "-sandbox", "-overcommit", "-rtc", "-name", "-msg", "-vnc",
          "-spice", "-bios", "-kernel", "-initrd", "-append", "-uuid", "-display", "-watchdog-action")
WORDS = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}


def is_nic(option, name):
    return option == "-device" and re.match(r"net\d+$", name)


def is_chardev(name, pattern):
    return lambda option, id_, key, *_: option == "-chardev" and re.match(name, id_) and re.match(pattern, key)


# name: (which libvirt, which source, whether (option, id, key, ours, theirs) is such a difference). A key of "" is the
# whole option; then the other side is None.
ON_PURPOSE = {
    "paused": ((9, 11), None, lambda o, *_: o == "-S"),
    "libvirt-secrets": ((9, 11), None, lambda o, i, *_: (o, i) == ("-object", "masterKey0")),
    "shutdown": ((9, 11), None, lambda o, *_: o == "-no-shutdown"),
    "reboot": ((9, 11), None, lambda o, i, k, ours, theirs: o == "-no-reboot" and theirs is None),
    "uuid": ((9, 11), None, lambda o, i, k, ours, theirs: o == "-uuid" and ours is None),
    "acpi": ((9,), None, lambda o, i, k, ours, theirs: (o, k, ours, theirs) == ("-machine", "acpi", True, None)),
    "variable-store": ((9, 11), None, lambda o, i, k, *_: (o, i, k) == ("-blockdev", "libvirt-pflash1", "filename")),
    "sockets": ((9, 11), None, is_chardev(r"charmonitor|charchannel\d+|chr-vu-fs\d+", "path|fd")),
    "mem-lock": ((9, 11), None, lambda o, i, k, ours, theirs:
                 (o, k, ours, theirs) == ("-overcommit", "mem-lock", False, True)),
    "hugepages": ((9, 11), None, lambda o, i, k, *_: o == "-object" and i == "pc.ram" and
                  k in ("qom-type", "mem-path", "hugetlb", "hugetlbsize")),
    "thread-context": ((9, 11), None, lambda o, i, k, *_: o == "-object" and
                       (i.startswith("tc-") or k == "prealloc-context")),
    "memory-names": ((9, 11), None, lambda o, i, k, ours, theirs: o == "-object" and
                     k == "x-use-canonical-path-for-ramblock-id" and ours is None),
    "clusters": ((11,), None, lambda o, i, k, ours, theirs: (o, k, ours, theirs) == ("-smp", "clusters", None, 1)),
    "itco": ((11,), None, lambda o, i, k, ours, theirs: ours is None and (
        (o, i) == ("-global", "ICH9-LPC.noreboot") or o == "-watchdog-action")),
    "network": ((9, 11), None, lambda o, *_: o == "-netdev"),
    "one-queue": ((9, 11), "started", lambda o, i, k, ours, theirs: is_nic(o, i) and k in ("mq", "vectors") and
                  ours is None),
    "mac": ((9, 11), None, lambda o, i, k, *_: is_nic(o, i) and k == "mac"),
    # domxml-to-native takes from each card all that only a start would prepare, and its place
    "native-card": ((9, 11), "native", lambda o, i, k, ours, theirs: is_nic(o, i) and k in (
        "romfile", "bootindex", "iommu_platform", "host_mtu", "mq", "vectors", "bus", "addr")),
    "helper": ((9, 11), None, lambda o, i, k, *_: o == "-sandbox" and k in ("elevateprivileges", "spawn")),
    "tpm": ((9, 11), "native", is_chardev("chrtpm", "backend|path")),
    "vnc-port": ((9, 11), None, lambda o, i, k, ours, theirs: (o, k, theirs) == ("-vnc", "to", None)),
    "password": ((9, 11), None, lambda o, i, k, ours, theirs: theirs is None and (
        (o, k) == ("-vnc", "password-secret") or (o, i) == ("-object", "vnc-password"))),
    "vsock": ((9, 11), None, lambda o, i, k, *_: (o, i) == ("-device", "vsock0") and k in ("guest-cid", "vhostfd")),
    "gluster-log": ((9, 11), None, lambda o, i, k, ours, theirs: o == "-blockdev" and k == "debug" and ours is None),
    "usb-ports": ((9,), None, lambda o, i, k, *_: o == "-device" and k == "port" and
                  re.match(r"(usb-disk|input|hostdev|serial)\d", i)),
}


def scalar(text):
    if text in WORDS:
        return WORDS[text]
    return int(text) if re.fullmatch(r"\d{1,18}", text) else text


def split(text):
    """At single commas; two stand for one."""
    return [part.replace("\0", ",") for part in text.replace(",,", "\0").split(",")]


def parse_pairs(option, value):
    properties = {}
    for number, part in enumerate(split(value)):
        key, equals, text = part.partition("=")
        if equals:
            properties[key] = scalar(text)
        elif number == 0 and option in IMPLIED:
            properties[IMPLIED[option]] = scalar(part)
        else:
            properties[part] = True
    return properties


def bytes_of(size):
    match = re.fullmatch(r"(\d+)k", str(size))
    return int(match.group(1)) * 1024 if match else size * 1024 * 1024 if isinstance(size, int) else size


def parse_option(option, value):
    """The option's id, and its properties."""
    if value is None or option in ("-bios", "-kernel", "-initrd", "-append", "-uuid"):
        return "", {"": value}
    if value.startswith("{"):
        properties = json.loads(value)
    elif option == "-global":
        name, _, setting = value.partition("=")
        return name, {"value": setting}
    else:
        properties = parse_pairs(option, value)
    if option == "-m":
        properties["size"] = bytes_of(properties["size"])
    if option in SINGLE:
        return "", properties
    for key in ("id", "node-name", "nodeid", "chardev", "driver"):
        if key in properties:
            return str(properties[key]), properties
    return value, properties


def merge_nodes(options):
    """A node a disk, whatever it is called: what a format adds over a storage is put beside it. Over raw storage there
    may be a format or not, and the storage below one takes what it is asked for."""
    nodes = {}
    for (option, name), properties in list(options.items()):
        if option == "-blockdev":
            del options[option, name]
            base, _, layer = name.rpartition("-")
            nodes.setdefault(base, {})[layer] = {key: value for key, value in properties.items() if key != "node-name"}
    for base, layers in nodes.items():
        merged = dict(layers["storage"])
        above = layers.get("format")
        if above:
            for key in ("auto-read-only", "discard", "cache"):
                merged.pop(key, None)
            merged.update((key, value) for key, value in above.items() if key not in ("driver", "file"))
            if above["driver"] != "raw":
                merged["format"] = above["driver"]
        options["-blockdev", base] = merged
    for (option, _), properties in options.items():
        for key in ("drive", "pflash0", "pflash1"):
            if key in properties:
                properties[key] = re.sub("-(storage|format)$", "", properties[key])


def parse(words):
    options = {}
    at = 1  # behind the emulator
    while at < len(words):
        option, value = words[at], None
        assert option.startswith("-"), option
        if at + 1 < len(words) and not re.match(r"-[a-z]", words[at + 1]):
            at += 1
            value = words[at]
        at += 1
        name, properties = parse_option(option, value)
        assert (option, name) not in options, "%s %s twice" % (option, name)
        options[option, name] = properties
    merge_nodes(options)
    return options


def differences(ours, theirs):
    for option, name in sorted(set(ours) | set(theirs)):
        mine, other = ours.get((option, name)), theirs.get((option, name))
        if mine is None or other is None:
            yield option, name, "", mine, other
            continue
        for key in sorted(set(mine) | set(other)):
            if mine.get(key) != other.get(key):
                yield option, name, key, mine.get(key), other.get(key)


def read_theirs(path, source):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if source == "started":
        return ["qemu"] + text.splitlines()
    words = shlex.split(text)
    emulator = next(i for i, word in enumerate(words) if re.search(r"^[^=]*/qemu-system-x86_64$", word))
    return words[emulator:]


def compare(ours, theirs, version, used, source="native"):
    with open(ours, "rb") as file:
        words = file.read().decode().split("\0")[:-1]
    failed = 0
    with open(used, "a", encoding="utf-8") as log:
        for difference in differences(parse(words), parse(read_theirs(theirs, source))):
            names = [name for name, (versions, where, judge) in ON_PURPOSE.items()
                     if int(version) in versions and where in (None, source) and judge(*difference)]
            for name in names:
                print(name, file=log)
            if not names:
                print("  %s %s %s: %r here, %r by libvirt" % difference)
                failed = 1
    return failed


def main():
    if sys.argv[1] == "--names":
        for name, (versions, _, _) in ON_PURPOSE.items():
            if int(sys.argv[2]) in versions:
                print(name)
        return 0
    return compare(*sys.argv[1:])


sys.exit(main())
