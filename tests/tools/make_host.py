#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes one of the bundled host records (profiles/hosts/NAME.xml) anew.

    make_host.py NAME DOMCAPS FIRMWARE > profiles/hosts/NAME.xml

DOMCAPS is what `virsh domcapabilities --machine q35 --virttype kvm --arch x86_64` printed,
FIRMWARE what tests/tools/print_firmware printed for that distribution's files. The rest, host
capabilities and module parameters, is modelled by the table below; <origin> says so.
"""
import re
import sys
from xml.sax.saxutils import escape, quoteattr

GIB = 1 << 20  # in KiB

MODELLED = (
    "Modelled, not measured: the host capabilities (NUMA nodes, CPUs, memory, huge page pools), "
    "the processor's name, the kernel and SEV firmware versions, module parameters, ASID counts, "
    "device modes and limits. They are what such a machine shows, not what one did show.")

HOSTS = {
    "epyc-rome-sev": {
        "description": "Two-socket EPYC 7502 for SEV and SEV-ES guests: Debian 12, libvirt 9.0",
        "origin":
            "Domain capabilities: a real libvirt 9.0.0 (Debian 12), answering from libvirt's public "
            "QMP recording of QEMU 7.2.0 on a Zen 2 processor; the SEV answer in it (C-bit 47) is "
            "libvirt's test data, and maxGuests and maxESGuests follow from the modelled ASIDs. The "
            "emulator's path is Debian's; the TPMs are what it lists where swtpm is "
            "installed. Firmware: the descriptors and images of Debian 12's package ovmf "
            "2022.11-6+deb12u2, read by cvmdom.",
        "libvirt": "9.0.0", "qemu": "7.2.22", "kernel": "6.1.0-40-amd64",
        "sev_firmware": ("0.24", 15),
        "processor": (23, 49, "AMD EPYC 7502 32-Core Processor"),
        "kvm_amd": {"sev": "Y", "sev_es": "Y"},
        "capacity": (410, 99),
        "device": ("0660", "root", "kvm"),
        "cpu": ("EPYC-Rome", "AMD"),
        "cores": 32, "memory": 128 * GIB, "pools": {2048: 16384, 1048576: 16},
    },
    "epyc-genoa-snp": {
        "description": "Two-socket EPYC 9334 for SEV, SEV-ES and SEV-SNP guests: Debian 13, "
                       "libvirt 11.3",
        "origin":
            "Domain capabilities: a real libvirt 11.3.0 (Debian 13), answering from libvirt's public "
            "QMP recordings of QEMU 10.0.0 on an EPYC 9654; maxGuests, maxESGuests and the vCPU "
            "limit follow from the modelled ASIDs and kernel. The emulator's path is Debian's; the "
            "TPMs are what it lists where swtpm is installed. Firmware: the descriptors "
            "and images of Debian 13's package ovmf 2025.02-8+deb13u1, read by cvmdom.",
        "libvirt": "11.3.0", "qemu": "10.0.13", "kernel": "6.12.48+deb13-amd64",
        "sev_firmware": ("1.55", 39),
        "processor": (25, 17, "AMD EPYC 9334 32-Core Processor"),
        "kvm_amd": {"sev": "Y", "sev_es": "Y", "sev_snp": "Y"},
        "capacity": (907, 99), "current": (1, 2),
        "device": ("0660", "root", "kvm"),
        "cpu": ("EPYC-Genoa", "AMD"),
        "cores": 32, "memory": 192 * GIB, "pools": {2048: 16384, 1048576: 32},
    },
    "xeon-nosev": {
        "description": "Two-socket Xeon that has no SEV at all: Debian 12, libvirt 9.0",
        "origin":
            "Domain capabilities: a real libvirt 9.0.0 (Debian 12) with the real QEMU 7.2 of Debian "
            "12; modelled in QEMU's answers are KVM, the host's processor (QEMU's CPU model "
            "Cascadelake-Server-noTSX), which CPU models it can run, and that there is no SEV. The "
            "emulator's path is Debian's. Firmware: the descriptors and images of Debian 12's "
            "package ovmf 2022.11-6+deb12u2, read by cvmdom.",
        "libvirt": "9.0.0", "qemu": "7.2.22", "kernel": "6.1.0-40-amd64",
        "processor": (6, 85, "Intel(R) Xeon(R) Gold 6226R CPU @ 2.90GHz"),
        "cpu": ("Cascadelake-Server", "Intel"),
        "cores": 16, "memory": 64 * GIB, "pools": {2048: 8192, 1048576: 8},
    },
}


def facts(host):
    """The parts that are plain facts, in the order of schemas/host.rng."""
    yield "  <versions>"
    for name in ("libvirt", "qemu", "kernel"):
        yield f"    <{name}>{host[name]}</{name}>"
    if "sev_firmware" in host:
        yield '    <sevFirmware api="%s" build="%d"/>' % host["sev_firmware"]
    yield "  </versions>"
    family, model, name = host["processor"]
    yield f'  <processor family="{family}" model="{model}">{escape(name)}</processor>'
    if "kvm_amd" in host:
        yield '  <module name="kvm_amd">'
        for name, value in host["kvm_amd"].items():
            yield f'    <parameter name="{name}">{value}</parameter>'
        yield "  </module>"
    if "capacity" in host:
        yield "  <misc>"
        for name in ("capacity", "current"):
            if name in host:
                yield '    <%s sev="%d" sev_es="%d"/>' % (name, *host[name])
        yield "  </misc>"
    yield '  <smt active="yes"/>'
    yield '  <iommu passthrough="no"/>'
    if "device" in host:
        yield '  <device path="/dev/sev" mode="%s" owner="%s" group="%s"/>' % host["device"]
    else:
        yield '  <device path="/dev/sev" present="no"/>'
    yield '  <memlock limit="67108864"/>'
    yield "  <freePages>"
    for node in (0, 1):
        yield f'    <node id="{node}">'
        for size, count in host["pools"].items():
            yield f'      <pages unit="KiB" size="{size}">{count}</pages>'
        yield "    </node>"
    yield "  </freePages>"


def cell(host, node):
    """One NUMA cell, as libvirt prints it: a socket of cores with two threads each."""
    cores = host["cores"]
    small = (host["memory"] - sum(s * n for s, n in host["pools"].items())) // 4
    yield f"        <cell id='{node}'>"
    yield f"          <memory unit='KiB'>{host['memory']}</memory>"
    yield f"          <pages unit='KiB' size='4'>{small}</pages>"
    for size, count in host["pools"].items():
        yield f"          <pages unit='KiB' size='{size}'>{count}</pages>"
    yield "          <distances>"
    for other in (0, 1):
        yield f"            <sibling id='{other}' value='{10 if other == node else 32}'/>"
    yield "          </distances>"
    yield f"          <cpus num='{2 * cores}'>"
    for thread in (0, 1):
        for core in range(cores):
            first = node * cores + core
            yield (f"            <cpu id='{first + thread * 2 * cores}' socket_id='{node}' "
                   f"die_id='0' core_id='{core}' siblings='{first},{first + 2 * cores}'/>")
    yield "          </cpus>"
    yield "        </cell>"


def capabilities(host):
    """Host capabilities in libvirt's layout."""
    model, vendor = host["cpu"]
    yield "  <capabilities>"
    yield "    <host>"
    yield "      <cpu>"
    yield "        <arch>x86_64</arch>"
    yield f"        <model>{model}</model>"
    yield f"        <vendor>{vendor}</vendor>"
    yield f"        <topology sockets='1' dies='1' cores='{host['cores']}' threads='2'/>"
    for size in (4, *host["pools"]):
        yield f"        <pages unit='KiB' size='{size}'/>"
    yield "      </cpu>"
    yield "      <iommu support='yes'/>"
    yield "      <topology>"
    yield "        <cells num='2'>"
    for node in (0, 1):
        for line in cell(host, node):
            yield "  " + line
    yield "        </cells>"
    yield "      </topology>"
    yield "    </host>"
    yield "  </capabilities>"


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in HOSTS:
        sys.exit(__doc__)
    name, host = sys.argv[1], HOSTS[sys.argv[1]]
    with open(sys.argv[2], encoding="utf-8") as file:
        domcaps = file.read().strip()
    with open(sys.argv[3], encoding="utf-8") as file:
        firmware = file.read().rstrip()
    domcaps = re.sub(r"<path>[^<]*</path>", "<path>/usr/bin/qemu-system-x86_64</path>", domcaps)
    print('<?xml version="1.0" encoding="UTF-8"?>')
    print(f'<cvmdomHost version="1" name={quoteattr(name)}>')
    print(f"  <description>{escape(host['description'])}</description>")
    print(f"  <origin>{escape(host['origin'])} {escape(host.get('modelled', MODELLED))}</origin>")
    print("\n".join(facts(host)))
    print(firmware)
    print("\n".join("  " + line for line in domcaps.splitlines()))
    print("\n".join(capabilities(host)))
    print("</cvmdomHost>")


if __name__ == "__main__":
    main()
