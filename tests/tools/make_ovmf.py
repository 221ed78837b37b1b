#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes a made-up OVMF image: filler, and at its end the table of GUIDed entries and the SEV
metadata that OVMF images carry (QEMU, hw/i386/pc_sysfw_ovmf.c; EDK II,
OvmfPkg/ResetVector/X64/OvmfSevMetadata.asm). The same arguments give the same bytes; no two pages
are alike. Nothing in it can run.

    make_ovmf.py OUT                          64 KiB without table: what no guest can attest with
    make_ovmf.py OUT --like amdsev            all parts, as the AmdSev build of EDK II
    make_ovmf.py OUT --like ovmf              as Debian 12's OVMF.fd: no areas for hashes and secret
    make_ovmf.py OUT --like 4m                as its OVMF_CODE_4M.fd: no SEV metadata
    make_ovmf.py OUT --like amdsev --no hashes --size 0x200000
    make_ovmf.py OUT --reset 0x80b004 --hashes 0x810c00+0x400 --secret 0x810000+0xc00 \\
                     --sections 0x800000+0x9000:1,0x80d000+0x1000:2,0x80e000+0x1000:3
    make_ovmf.py OUT --svsm 0x1000 --sections …              an SVSM's image
    make_ovmf.py OUT --like amdsev --patch asev+4=ffffffff   broken on purpose

Numbers are decimal or 0x…; TYPE is 1 memory, 2 secrets, 3 CPUID, 4 SVSM calling area, 16 kernel
hashes. --patch PLACE=HEX overwrites bytes when all is laid out; PLACE is an offset, negative from
the end, or one of 'table' (the table's own length), 'asev', 'reset', 'hashes', 'secret',
'metadata', 'svsm' (the data of those entries), with +N or -N behind it. --truncate N keeps the
first N bytes, --truncate -N the last N.
"""
import argparse
import hashlib
import struct
import uuid

FOOTER = "96b582de-1fb2-45f7-baea-a366c55a082d"
RESET = "00f771de-1a7e-4fcb-890e-68c77e2fb44e"
SECRET = "4c2eb361-7d9b-4cc3-8081-127c90d3d294"
HASHES = "7255371f-3a3b-4b04-927b-1da6efa8d454"
METADATA = "dc886566-984a-4798-a75e-5585a7bf67cc"
SVSM = "a789a612-0597-4c4b-a49f-cbb1fe9d1ddd"
VARIABLES = "fff12b8d-7696-4c8b-a985-2747075b4f50"

TABLE_END = 32
TRAILER = 18
PARTS = ("reset", "hashes", "secret", "sections", "svsm")

LIKE = {
    "amdsev": {
        "reset": 0x80B004,
        "hashes": (0x810C00, 0x400),
        "secret": (0x810000, 0xC00),
        "sections": [
            (0x800000, 0x9000, 1),
            (0x80A000, 0x3000, 1),
            (0x80D000, 0x1000, 2),
            (0x80E000, 0x1000, 3),
            (0x80F000, 0x1000, 4),
            (0x810000, 0x1000, 16),
            (0x811000, 0xF000, 1),
        ],
    },
    "ovmf": {
        "reset": 0x80B004,
        "hashes": (0, 0),
        "secret": (0, 0),
        "sections": [
            (0x800000, 0x9000, 1),
            (0x80A000, 0x3000, 1),
            (0x80D000, 0x1000, 2),
            (0x80E000, 0x1000, 3),
            (0x80F000, 0x11000, 1),
        ],
    },
    "4m": {"reset": 0x808004, "hashes": (0, 0), "secret": (0, 0)},
}


def filler(size, seed):
    """Bytes that look like none of the table's, the same for the same seed."""
    blocks = (hashlib.sha256(b"%d:%d" % (seed, i)).digest() for i in range((size + 31) // 32))
    return bytearray(b"".join(blocks)[:size])


def entry(guid, data):
    """As it stands in the file: read from its end."""
    return data + struct.pack("<H", len(data) + TRAILER) + uuid.UUID(guid).bytes_le


def build(size=0x10000, seed=0, vars=False, legacy=False, entries=(), **parts):
    """The image, and where in it the places are that --patch names. Parts as in LIKE; entries is
    a list of (GUID, data) that stand before the others."""
    image = filler(size, seed)
    table, places = [], {}
    if vars:
        image[0:16] = bytes(16)
        image[16:32] = uuid.UUID(VARIABLES).bytes_le
        image[40:44] = b"_FVH"
    if legacy:
        old = entry(RESET, struct.pack("<I", parts["reset"]))
        image[size - TABLE_END - len(old) : size - TABLE_END] = old
        places["reset"] = size - TABLE_END - len(old)
        return image, places
    table += [("entry", guid, data) for guid, data in entries]
    sections = parts.get("sections")
    asev = b""
    if sections is not None:
        asev = struct.pack("<4sIII", b"ASEV", 16 + 12 * len(sections), 1, len(sections))
        asev += b"".join(struct.pack("<III", *section) for section in sections)
        table.append(("metadata", METADATA, bytes(4)))
    if parts.get("svsm") is not None:
        table.append(("svsm", SVSM, struct.pack("<I", parts["svsm"])))
    for name, guid in (("hashes", HASHES), ("secret", SECRET)):
        if parts.get(name) is not None:
            table.append((name, guid, struct.pack("<II", *parts[name])))
    if parts.get("reset") is not None:
        table.append(("reset", RESET, struct.pack("<I", parts["reset"])))
    if not table:
        return image, places
    length = sum(len(data) + TRAILER for _, _, data in table) + TRAILER
    at = size - TABLE_END - length
    if asev:
        places["asev"] = at - 64 - len(asev)
        image[places["asev"] : places["asev"] + len(asev)] = asev
    for name, guid, data in table:
        if name == "metadata":
            data = struct.pack("<I", size - places["asev"])
        places.setdefault(name, at)
        made = entry(guid, data)
        image[at : at + len(made)] = made
        at += len(made)
    places["table"] = at
    image[at : at + TRAILER] = struct.pack("<H", length) + uuid.UUID(FOOTER).bytes_le
    return image, places


def patch(image, places, text):
    place, _, data = text.partition("=")
    name = next((known for known in places if place.startswith(known)), "")
    offset = places[name] if name else 0
    rest = place[len(name) :]
    offset += int(rest, 0) if rest else 0
    if offset < 0:
        offset += len(image)
    data = bytes.fromhex(data)
    image[offset : offset + len(data)] = data


def area(text):
    base, size = text.split("+")
    return int(base, 0), int(size, 0)


def section_list(text):
    parts = (item.rsplit(":", 1) for item in text.split(",") if item)
    return [(*area(where), int(kind, 0)) for where, kind in parts]


def number(text):
    return int(text, 0)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out")
    parser.add_argument("--size", type=number, default=0x10000)
    parser.add_argument("--seed", type=number, default=0)
    parser.add_argument("--like", choices=sorted(LIKE))
    parser.add_argument("--no", choices=PARTS, action="append", default=[])
    parser.add_argument("--reset", type=number)
    parser.add_argument("--hashes", type=area)
    parser.add_argument("--secret", type=area)
    parser.add_argument("--sections", type=section_list)
    parser.add_argument("--svsm", type=number)
    parser.add_argument("--vars", action="store_true", help="begin with a store of variables")
    parser.add_argument(
        "--legacy", action="store_true", help="no table but the reset block's GUID in its place"
    )
    parser.add_argument("--entry", action="append", default=[], metavar="GUID:HEX")
    parser.add_argument("--patch", action="append", default=[], metavar="PLACE=HEX")
    parser.add_argument("--truncate", type=number)
    options = parser.parse_args()
    parts = dict(LIKE.get(options.like, {}))
    for name in PARTS:
        if getattr(options, name) is not None:
            parts[name] = getattr(options, name)
    for name in options.no:
        parts.pop(name, None)
    entries = [(guid, bytes.fromhex(data)) for guid, data in (e.split(":") for e in options.entry)]
    image, places = build(
        options.size, options.seed, options.vars, options.legacy, entries, **parts
    )
    for text in options.patch:
        patch(image, places, text)
    if options.truncate is not None:
        keep = options.truncate
        image = image[:keep] if keep >= 0 else image[keep:]
    with open(options.out, "wb") as file:
        file.write(image)


if __name__ == "__main__":
    main()
