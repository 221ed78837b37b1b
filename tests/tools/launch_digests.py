#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Launch digests by a calculation of its own: written from AMD's publications 55766, 56860 and
24593 and from what QEMU and KVM do, with nothing but hashlib, to hold libcvmdom-attest against.

    launch_digests.py FOLDER            writes made-up images and files, and FOLDER/cases.tsv
    launch_digests.py FOLDER --steps    prints of each case every step and the digest, as
                                        tests/tools/print_digests does
    launch_digests.py FOLDER --table    prints the cases with their digests: tests/launch-digests.tsv

Columns of a case: id, guest, VMM, VMSA form, vCPUs, CPU signature, SEV_FEATURES, firmware, kernel,
initrd, command line, SVSM, bytes of variables; "-" is none.
"""
import hashlib
import itertools
import os
import struct
import sys
import uuid

sys.dont_write_bytecode = True  # beside the sources
import make_ovmf  # noqa: E402

PAGE = 4096
VMSA_ADDRESS = 0xFFFFFFFFF000
FOUR_GIB = 1 << 32


def sha256(data):
    return hashlib.sha256(data).digest()


def sha384(data):
    return hashlib.sha384(data).digest()


# ---- the firmware's own table ----


class Image:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        self.entries = {}
        self.sections = []
        end = len(self.data) - 32
        if self.data[end - 16 : end] != uuid.UUID("96b582de-1fb2-45f7-baea-a366c55a082d").bytes_le:
            return
        (total,) = struct.unpack("<H", self.data[end - 18 : end - 16])
        at, start = end - 18, end - total
        while at - start >= 18:
            guid = str(uuid.UUID(bytes_le=self.data[at - 16 : at]))
            (length,) = struct.unpack("<H", self.data[at - 18 : at - 16])
            self.entries[guid] = self.data[at - length : at - 18]
            at -= length
        metadata = self.number("dc886566-984a-4798-a75e-5585a7bf67cc")
        if metadata is not None:
            header = len(self.data) - metadata
            magic, _, version, count = struct.unpack_from("<4sIII", self.data, header)
            assert (magic, version) == (b"ASEV", 1)
            self.sections = [
                struct.unpack_from("<III", self.data, header + 16 + 12 * i) for i in range(count)
            ]

    def number(self, guid):
        data = self.entries.get(guid)
        return None if data is None else struct.unpack("<I", data[:4])[0]

    def reset(self):
        return self.number("00f771de-1a7e-4fcb-890e-68c77e2fb44e")

    def hashes(self):
        return self.number("7255371f-3a3b-4b04-927b-1da6efa8d454")

    def svsm_entry(self):
        return self.number("a789a612-0597-4c4b-a49f-cbb1fe9d1ddd")


# ---- kernel hashes ----


def read(folder, name):
    if name == "-":
        return b""
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


def kernel_hashes(case, folder, steps):
    cmdline = ("" if case["cmdline"] == "-" else case["cmdline"]).encode() + b"\0"
    parts = (
        ("cmdline", "97d02dd8-bd20-4c94-aa78-e7714d36ab2a", cmdline),
        ("initrd", "44baf731-3a2f-4bd7-9af1-41e29169781d", read(folder, case["initrd"])),
        ("kernel", "4de79437-abd2-427f-b835-d5b172d2045b", read(folder, case["kernel"])),
    )
    table = uuid.UUID("9438d606-4f22-4cc9-b479-a793d411fd21").bytes_le + struct.pack("<H", 168)
    for kind, guid, content in parts:
        table += uuid.UUID(guid).bytes_le + struct.pack("<H", 50) + sha256(content)
        steps.append((kind, 0, len(content), 1, sha256(content), b""))
    return table + bytes(8)


# ---- the state of a vCPU ----


def vmsa(vmm, fpu, start, signature, features):
    page = bytearray(PAGE)

    def segment(at, selector, attributes, limit=0xFFFF, base=0):
        struct.pack_into("<HHIQ", page, at, selector, attributes, limit, base)

    def u64(at, value):
        struct.pack_into("<Q", page, at, value)

    first = start == 0xFFFFFFF0
    if vmm == "svsm":
        for at in (0x000, 0x020, 0x030, 0x040):
            segment(at, 0x10, 0xC93, 0xFFFFFFFF)
        segment(0x010, 0x08, 0xC9B, 0xFFFFFFFF)
    else:
        for at in (0x000, 0x020, 0x030, 0x040):
            segment(at, 0, 0x93)
        segment(0x010, 0xF000, 0x9B, base=start & 0xFFFF0000)
    segment(0x050, 0, 0x93)
    segment(0x060, 0, 0)
    segment(0x070, 0, 0x82)
    segment(0x080, 0, 0)
    segment(0x090, 0, 0x8B)
    if vmm == "ec2":
        segment(0x010, 0xF000, 0x9A if first else 0x9B, base=start & 0xFFFF0000)
        segment(0x020, 0, 0x92)
        segment(0x090, 0, 0x83)
    u64(0x0D0, 0x1000)
    u64(0x148, 0x40)
    u64(0x158, 0x11 if vmm == "svsm" else 0x10)
    u64(0x160, 0x400)
    u64(0x168, 0xFFFF0FF0)
    u64(0x170, 2)
    u64(0x178, start if vmm == "svsm" else start & 0xFFFF)
    u64(0x268, 0x00070106 if vmm == "gce" else 0x0007040600070406)
    u64(0x310, 0x600 if vmm in ("ec2", "gce") else signature)
    u64(0x3B0, features)
    u64(0x3E8, 1)
    if vmm == "svsm":
        struct.pack_into("<I", page, 0x408, 0x1F80)
    elif vmm == "qemu" and fpu:
        struct.pack_into("<I", page, 0x408, 0x1F80)
        struct.pack_into("<H", page, 0x410, 0x37F)
    return bytes(page)


def vmsa_pages(case, start, others):
    """Of the first vCPU, and of the others: (page, count)."""
    fpu = case["vmsa"] == "fpu" or (case["vmsa"] == "default" and case["guest"] == "sev-snp")
    made = (
        vmsa(case["vmm"], fpu, at, int(case["signature"], 0), int(case["features"], 0))
        for at in (start, others)
    )
    counts = (1, int(case["vcpus"]) - 1)
    return [(page, count) for page, count in zip(made, counts) if count > 0]


# ---- digests ----


def sev(case, folder, steps):
    image = Image(os.path.join(folder, case["firmware"]))
    so_far = hashlib.sha256(image.data)
    steps.append(("firmware", 0, len(image.data), 1, b"", so_far.digest()))
    if case["kernel"] != "-":
        table = kernel_hashes(case, folder, steps)
        so_far.update(table)
        steps.append(("kernel-hashes", 0, len(table), 1, b"", so_far.digest()))
    if case["guest"] == "sev-es":
        for page, count in vmsa_pages(case, 0xFFFFFFF0, image.reset()):
            so_far.update(page * count)
            steps.append(("vmsa", 0, PAGE * count, count, b"", so_far.digest()))
    return so_far.digest()


NORMAL, VMSA, ZERO, UNMEASURED, SECRETS, CPUID = range(1, 7)


class Chain:
    def __init__(self):
        self.digest = bytes(48)

    def page(self, kind, address, contents):
        info = self.digest + contents
        info += struct.pack("<HBBIQ", 0x70, kind, 0, 0, address)
        assert len(info) == 0x70
        self.digest = sha384(info)

    def data(self, address, data):
        for at in range(0, len(data), PAGE):
            self.page(NORMAL, address + at, sha384(data[at : at + PAGE]))

    def empty(self, kind, address, size):
        for at in range(0, size, PAGE):
            self.page(kind, address + at, bytes(48))


SECTIONS = {
    1: ("memory", ZERO),
    2: ("secrets", SECRETS),
    3: ("cpuid", CPUID),
    4: ("svsm-caa", ZERO),
    16: ("kernel-hashes-area", ZERO),
}


def snp(case, folder, steps):
    chain = Chain()
    image = Image(os.path.join(folder, case["firmware"]))
    base = FOUR_GIB - len(image.data)
    chain.data(base, image.data)
    steps.append(("firmware", base, len(image.data), 1, b"", chain.digest))
    start, others, owner = 0xFFFFFFF0, image.reset(), image
    if case["vmm"] == "svsm":
        owner = Image(os.path.join(folder, case["svsm"]))
        base -= int(case["vars_size"], 0) + len(owner.data)
        chain.data(base, owner.data)
        steps.append(("svsm", base, len(owner.data), 1, b"", chain.digest))
        start = others = base + owner.svsm_entry()
    sections = owner.sections
    if case["vmm"] == "ec2":
        sections = sorted(sections, key=lambda section: section[2] == 3)
    for address, size, kind in sections:
        name, page = SECTIONS[kind]
        if kind == 16 and case["kernel"] != "-":
            name = "kernel-hashes"
            offset = image.hashes() & 0xFFF
            table = kernel_hashes(case, folder, steps)
            chain.data(address, (bytes(offset) + table).ljust(PAGE, b"\0"))
        else:
            chain.empty(UNMEASURED if kind == 1 and case["vmm"] == "gce" else page, address, size)
        steps.append((name, address, size, 1, b"", chain.digest))
    for page, count in vmsa_pages(case, start, others):
        for _ in range(count):
            chain.page(VMSA, VMSA_ADDRESS, sha384(page))
        steps.append(("vmsa", VMSA_ADDRESS, PAGE * count, count, b"", chain.digest))
    return chain.digest


def compute(case, folder):
    steps = []
    digest = (snp if case["guest"] == "sev-snp" else sev)(case, folder, steps)
    assert digest == steps[-1][5]
    return digest, steps


# ---- cases ----

COLUMNS = (
    "id guest vmm vmsa vcpus signature features firmware kernel initrd cmdline svsm vars_size"
).split()

# As CPUID Fn0000_0001 EAX of QEMU's models has it.
SIGNATURES = {
    "EPYC": "0x800f12",
    "EPYC-Rome": "0x830f10",
    "EPYC-Milan": "0xa00f11",
    "EPYC-Genoa": "0xa10f10",
    "EPYC-Turin": "0xb00f00",
}
VCPUS = (1, 2, 4, 64, 512, 4096)
BOOTS = (
    {},
    {"kernel": "kernel"},
    {"kernel": "kernel", "initrd": "initrd", "cmdline": "root=/dev/vda1  console=ttyS0 ro "},
    {"kernel": "kernel", "initrd": "empty"},
    {"kernel": "kernel", "cmdline": "quiet"},
)


def cases():
    numbers = itertools.count(1)
    signatures = itertools.cycle(SIGNATURES.values())

    def case(guest, **given):
        row = dict.fromkeys(COLUMNS, "-")
        row.update(vmm="qemu", vmsa="default", vcpus=1, signature="0", features="0", vars_size="0")
        row.update(given, guest=guest, id=f"{guest}-{next(numbers)}")
        return {key: str(value) for key, value in row.items()}

    for firmware in ("amdsev", "ovmf", "4m", "odd"):
        yield case("sev", firmware=firmware)
    for boot in BOOTS[1:]:
        yield case("sev", firmware="amdsev", **boot)
    forms = [("sev-es", "qemu", form, ("0", "0x20")) for form in ("default", "legacy", "fpu")]
    forms += [("sev-snp", "qemu", form, ("0x1", "0x21")) for form in ("default", "legacy", "fpu")]
    forms += [("sev-snp", vmm, "default", ("0x1", "0x201")) for vmm in ("ec2", "gce")]
    for guest, vmm, form, some_features in forms:
        features = itertools.cycle(some_features)
        for vcpus, boot in itertools.product(VCPUS, BOOTS[:3]):
            yield case(guest, vmm=vmm, vmsa=form, vcpus=vcpus, signature=next(signatures),
                       features=next(features), firmware="amdsev", **boot)
        for firmware in ("ovmf", "flash"):
            yield case(guest, vmm=vmm, vmsa=form, vcpus=3, signature=next(signatures),
                       features=next(features), firmware=firmware)
    yield case("sev-es", vcpus=2, signature=next(signatures), firmware="4m")
    for vcpus, vars_size in itertools.product(VCPUS, ("0", "0x84000")):
        yield case("sev-snp", vmm="svsm", vcpus=vcpus, signature=next(signatures), features="0x1",
                   firmware="ovmf", svsm="svsm", vars_size=vars_size)


def write(folder, name, data):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


def write_files(folder):
    like = make_ovmf.LIKE
    for name in ("amdsev", "ovmf", "4m"):
        write(folder, name, make_ovmf.build(size=0x10000, **like[name])[0])
    write(folder, "odd", make_ovmf.filler(0x5000, 7))
    # Unused flash is all ones: pages that are alike, side by side and apart.
    flash = make_ovmf.build(size=0x20000, seed=3, **like["ovmf"])[0]
    flash[0:0x4000] = b"\xff" * 0x4000
    flash[0x8000:0x18000] = b"\xff" * 0x10000
    write(folder, "flash", flash)
    sections = [(0x8000, 0x1000, 3), (0x9000, 0x1000, 2), (0xA000, 0x6000, 1), (0x20000, 0x1000, 16)]
    write(folder, "svsm", make_ovmf.build(size=0x8000, seed=5, svsm=0x124, sections=sections)[0])
    write(folder, "kernel", make_ovmf.filler(200001, 11))
    write(folder, "initrd", make_ovmf.filler(65536 * 3, 13))
    write(folder, "empty", b"")
    table = "".join("\t".join(row[column] for column in COLUMNS) + "\n" for row in cases())
    write(folder, "cases.tsv", table.encode())


def main():
    if len(sys.argv) == 2:
        write_files(sys.argv[1])
        return
    folder, what = sys.argv[1:]
    for row in cases():
        digest, steps = compute(row, folder)
        if what == "--table":
            print("\t".join([row[column] for column in COLUMNS] + [digest.hex()]))
            continue
        for kind, address, size, count, contents, after in steps:
            print(f"{row['id']}/{kind}", f"{address:#x}" if address else 0, size, count,
                  contents.hex() or "-", after.hex() or "-", sep="\t")
        print(row["id"], digest.hex(), sep="\t")


if __name__ == "__main__":
    main()
