#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes a fleet: records of hosts in 8 kinds, and profiles of guests, all modelled.

    make_fleet.py BASES HOSTS PROFILES FOLDER

BASES is the folder of the bundled host records (profiles/hosts), which the machines are made from by
the table below. HOSTS records go to FOLDER/hosts, and PROFILES profiles to FOLDER/profiles. Memory,
huge pages and ASIDs in use differ from host to host, and follow from its number alone.
"""
import os
import re
import sys

GIB = 1 << 20  # in KiB

# From which record; then what is said instead. nodes: NUMA nodes; cores of each, with two threads;
# memory: GiB of each, and what each host has more; pools: {KiB: (pages of each node, more)}.
KINDS = {
    "naples": {
        "base": "epyc-rome-sev", "processor": (23, 1, "AMD EPYC 7601 32-Core Processor"),
        "kvm_amd": {"sev": "Y", "sev_es": "N"}, "capacity": (15, 0), "firmware": ("0.17", 48),
        "nodes": 4, "cores": 8, "memory": (64, 8), "pools": {2048: (2048, 512)},
    },
    "rome": {
        "base": "epyc-rome-sev", "processor": (23, 49, "AMD EPYC 7502 32-Core Processor"),
        "kvm_amd": {"sev": "Y", "sev_es": "Y"}, "capacity": (410, 99), "firmware": ("0.24", 15),
        "nodes": 2, "cores": 32, "memory": (128, 16), "pools": {2048: (8192, 1024), 1048576: (16, 2)},
    },
    "milan": {
        "base": "epyc-genoa-snp", "processor": (25, 1, "AMD EPYC 7543 32-Core Processor"),
        "kvm_amd": {"sev": "Y", "sev_es": "Y", "sev_snp": "Y"}, "capacity": (410, 99),
        "firmware": ("1.55", 21), "nodes": 2, "cores": 32, "memory": (256, 16),
        "pools": {2048: (16384, 2048)},
    },
    "genoa": {
        "base": "epyc-genoa-snp", "processor": (25, 17, "AMD EPYC 9654 96-Core Processor"),
        "kvm_amd": {"sev": "Y", "sev_es": "Y", "sev_snp": "Y", "ciphertext_hiding_asids": "60"},
        "capacity": (907, 99), "firmware": ("1.55", 39), "nodes": 2, "cores": 96,
        "memory": (384, 32), "pools": {2048: (16384, 2048), 1048576: (64, 4)},
    },
    "turin": {
        "base": "epyc-genoa-snp", "processor": (26, 2, "AMD EPYC 9755 128-Core Processor"),
        "kvm_amd": {"sev": "Y", "sev_es": "Y", "sev_snp": "Y"}, "capacity": (506, 500),
        "firmware": ("1.58", 5), "nodes": 2, "cores": 128, "memory": (768, 64),
        "pools": {1048576: (256, 16)},
    },
    "xeon": {
        "base": "xeon-nosev", "nodes": 2, "cores": 16, "memory": (96, 8),
        "pools": {2048: (8192, 1024)},
    },
    "oldqemu": {
        "base": "epyc-genoa-snp", "processor": (25, 1, "AMD EPYC 7713 64-Core Processor"),
        "kvm_amd": {"sev": "Y", "sev_es": "Y", "sev_snp": "Y"}, "capacity": (410, 99),
        "firmware": ("1.55", 21), "qemu": "8.2.2", "nodes": 2, "cores": 64, "memory": (256, 32),
        "pools": {},
    },
    "edge": {
        "base": "epyc-genoa-snp", "processor": (25, 160, "AMD EPYC 8124P 16-Core Processor"),
        "kvm_amd": {"sev": "Y", "sev_es": "Y", "sev_snp": "Y"}, "capacity": (400, 8),
        "firmware": ("1.55", 39), "nodes": 1, "cores": 16, "memory": (16, 4), "pools": {},
    },
}


def in_use(kind, number, capacity):
    """ASIDs that guests have: the small ones are full."""
    if kind == "edge":
        return capacity[0], capacity[1]
    return tuple(number * step % (asids + 1) for step, asids in zip((13, 7), capacity))


def cell(kind, node, memory, pools):
    """A NUMA node, as libvirt prints it."""
    cores, nodes = kind["cores"], kind["nodes"]
    yield f"          <cell id='{node}'>"
    yield f"            <memory unit='KiB'>{memory}</memory>"
    for size, count in pools.items():
        yield f"            <pages unit='KiB' size='{size}'>{count}</pages>"
    yield "            <distances>"
    for other in range(nodes):
        yield f"              <sibling id='{other}' value='{10 if other == node else 32}'/>"
    yield "            </distances>"
    yield f"            <cpus num='{2 * cores}'>"
    for thread in (0, 1):
        for core in range(cores):
            first = node * cores + core
            yield (f"              <cpu id='{first + thread * nodes * cores}' socket_id='{node}' "
                   f"die_id='0' core_id='{core}' siblings='{first},{first + nodes * cores}'/>")
    yield "            </cpus>"
    yield "          </cell>"


def replace(text, pattern, new):
    """The one place of the base that the pattern finds, else an error: bases change."""
    text, count = re.subn(pattern, lambda match: new, text, flags=re.S)
    if count != 1:
        sys.exit(f"make_fleet.py: {count} times {pattern} in a base")
    return text


def host(bases, name, number):
    """The text of a record."""
    kind = KINDS[name]
    text = bases[kind["base"]]
    step = number // len(KINDS)
    memory = [(kind["memory"][0] + kind["memory"][1] * ((step + node) % 7)) * GIB
              for node in range(kind["nodes"])]
    pools = [{size: first + more * ((step + node) % 3) for size, (first, more) in kind["pools"].items()}
             for node in range(kind["nodes"])]
    text = replace(text, r'<cvmdomHost version="1" name="[^"]*">',
                   f'<cvmdomHost version="1" name="{name}-{number:04}">')
    text = replace(text, r"<origin>.*?</origin>", "<origin>Modelled by make_fleet.py.</origin>")
    if "processor" in kind:
        family, model, title = kind["processor"]
        text = replace(text, r"<processor .*?</processor>",
                       f'<processor family="{family}" model="{model}">{title}</processor>')
        text = replace(text, r"<sevFirmware [^>]*/>", '<sevFirmware api="%s" build="%d"/>' % kind["firmware"])
        text = replace(text, r'<module name="kvm_amd">.*?</module>', '<module name="kvm_amd">' + "".join(
            f'<parameter name="{key}">{value}</parameter>' for key, value in kind["kvm_amd"].items())
            + "</module>")
        # Rome does not count what is in use: its kernel has no misc.current in the root cgroup.
        current = "" if name == "rome" else '<current sev="%d" sev_es="%d"/>' % in_use(
            name, number, kind["capacity"])
        text = replace(text, r"<misc>.*?</misc>",
                       '<misc><capacity sev="%d" sev_es="%d"/>' % kind["capacity"] + current + "</misc>")
        text = replace(text, r"<maxGuests>\d+</maxGuests>", "<maxGuests>%d</maxGuests>" % kind["capacity"][0])
        text = replace(text, r"<maxESGuests>\d+</maxESGuests>",
                       "<maxESGuests>%d</maxESGuests>" % kind["capacity"][1])
    if "qemu" in kind:
        text = replace(text, r"<qemu>.*?</qemu>", f"<qemu>{kind['qemu']}</qemu>")
        text = replace(text, r"\s*<value>sev-snp</value>", "")
    free = "".join(
        f'<node id="{node}">' + "".join(
            f'<pages unit="KiB" size="{size}">{count - (number * 37 + node) % (count // 2 + 1)}</pages>'
            for size, count in pools[node].items()) + "</node>"
        for node in range(kind["nodes"]))
    text = replace(text, r"<freePages>.*?</freePages>", f"<freePages>{free}</freePages>")
    lines = [f"<cells num='{kind['nodes']}'>"]
    for node in range(kind["nodes"]):
        lines.extend(cell(kind, node, memory[node], pools[node]))
    return replace(text, r"<cells num='\d+'>.*</cells>", "\n".join(lines) + "\n        </cells>")


def profile(number):
    """The text of a profile: what differs is what differs in such collections."""
    guest = ("sev-snp", "sev", "sev-es", "none")[number % 4]
    size = (1, 2, 4, 8, 16, 32, 64, 3, 6, 12)[number // 4 % 10]
    vcpus = (1, 2, 4, 8, 16)[number // 16 % 5]
    way = number // 8 % 8
    text = f"name: guest-{number:04}\nuuid: 5d1f7e0c-7d4b-4f0e-9c0b-2a6f6c{number:06x}\n"
    if guest != "none":
        text += f"launchSecurity: {{type: {guest}}}\n"
    pages = guest != "sev-snp" and way in (1, 2)
    text += f"memory: {{size: {size}GiB, hugepages: {'2MiB' if way == 1 else '1GiB'}}}\n" if pages else (
        f"memory: {size}GiB\n")
    text += f"vcpu: {{count: {vcpus}, pin: auto}}\n" if way == 3 else f"vcpu: {vcpus}\n"
    if way == 4:
        text += "numatune: {nodeset: auto}\n"
    elif way == 5:
        text += f"numatune: {{nodeset: \"{number % 2}\"}}\n"
    elif way == 6:
        text += "numatune: {nodeset: \"0-1\"}\n"
    return text + f"""devices:
  disk: {{source: /var/lib/libvirt/images/guest-{number:04}.qcow2}}
  interface: {{type: network, source: default, mac: "52:54:00:00:{number // 256:02x}:{number % 256:02x}"}}
  rng: true
"""


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    folder = sys.argv[4]
    bases = {}
    for base in {kind["base"] for kind in KINDS.values()}:
        with open(f"{sys.argv[1]}/{base}.xml", encoding="utf-8") as file:
            bases[base] = file.read()
    os.makedirs(f"{folder}/hosts")
    os.makedirs(f"{folder}/profiles")
    names = list(KINDS)
    for number in range(int(sys.argv[2])):
        name = names[number % len(names)]
        write(f"{folder}/hosts/{name}-{number:04}.xml", host(bases, name, number))
    for number in range(int(sys.argv[3])):
        write(f"{folder}/profiles/guest-{number:04}.yaml", profile(number))


if __name__ == "__main__":
    main()
