# SPDX-License-Identifier: LGPL-2.1-or-later
"""What `cvmdom fleet` says of a fleet that tests/tools/make_fleet.py made, against answers that are found by hand and by counting:
verdicts by the table below, and guests by adding one after the other, with nothing of cvmdom.

    fleet.py REPORT HOSTS PROFILES      REPORT: of --format json; the others: the folders
"""
import itertools
import json
import os
import re
import sys
import xml.etree.ElementTree as ET

MIB = 1 << 20
GIB = 1 << 30

# Kinds of hosts, and what becomes of an SEV, SEV-ES, SEV-SNP and ordinary guest while there is room.
VERDICTS = {
    "naples": ("warned", "cannot", "cannot", "runs"),  # first-generation EPYC: CVM707; neither SEV-ES nor SEV-SNP
    "rome": ("runs", "runs", "cannot", "runs"),
    "milan": ("runs", "runs", "runs", "runs"),
    "genoa": ("runs", "runs", "runs", "runs"),
    "turin": ("runs", "cannot", "runs", "runs"),  # its SEV firmware starts no SEV-ES guest beside SEV-SNP: CVM704
    "xeon": ("cannot", "cannot", "cannot", "runs"),
    "oldqemu": ("runs", "runs", "cannot", "runs"),  # QEMU 8.2 has no SEV-SNP: CVM706
    "edge": ("runs", "runs", "runs", "runs"),
}
TYPES = ("sev", "sev-es", "sev-snp", "none")

failures = []


def check(right, message):
    if not right:
        failures.append(message)


class Host:
    """What a record says, in bytes."""

    def __init__(self, path):
        root = ET.parse(path).getroot()
        self.name = root.get("name")
        self.kind = self.name.split("-")[0]
        self.cpus, self.memory, self.pages = {}, {}, {}
        for cell in root.iter("cell"):
            node = int(cell.get("id"))
            self.memory[node] = int(cell.find("memory").text) * 1024
            self.cpus[node] = len(cell.findall("cpus/cpu"))
            for pages in cell.findall("pages"):
                size = int(pages.get("size")) * 1024
                self.pages.setdefault(size, {})[node] = int(pages.text) * size
                self.memory[node] -= int(pages.text) * size
        for node in root.findall("freePages/node"):
            for pages in node.findall("pages"):
                size = int(pages.get("size")) * 1024
                self.pages[size][int(node.get("id"))] = int(pages.text) * size
        capacity, current = root.find("misc/capacity"), root.find("misc/current")
        hidden = root.find("module/parameter[@name='ciphertext_hiding_asids']")
        self.asids = dict.fromkeys(TYPES, 0)
        if capacity is not None:
            used = {key: int(current.get(key)) if current is not None else 0 for key in ("sev", "sev_es")}
            both = int(capacity.get("sev_es"))
            self.asids["sev"] = int(capacity.get("sev")) - used["sev"]
            parts = (int(hidden.text), both - int(hidden.text)) if hidden is not None else (both, both)
            # Who has which part is not recorded: as if all were in the one that is asked about.
            self.asids["sev-snp"] = min(both, parts[0]) - used["sev_es"]
            self.asids["sev-es"] = min(both, parts[1]) - used["sev_es"]
            self.last = {"sev": self.asids["sev"] == 1}
            self.last["sev-es"] = self.last["sev-snp"] = both - used["sev_es"] == 1
        self.counted = current is not None


class Guest:
    """What a profile of make_fleet.py says."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.name = re.search(r"^name: (\S+)", text, re.M)[1]
        found = re.search(r"type: (sev\S*?)}", text)
        self.type = found[1] if found else "none"
        self.memory = int(re.search(r"(\d+)GiB", text)[1]) * GIB
        pages = re.search(r"hugepages: (\d)(GiB|MiB)", text)
        self.page = int(pages[1]) * (GIB if pages[2] == "GiB" else MIB) if pages else 0
        self.vcpus = int(re.search(r"vcpu: (?:{count: )?(\d+)", text)[1])
        self.pins = "pin: auto" in text
        self.auto = self.pins or "nodeset: auto" in text
        nodes = re.search(r'nodeset: "([0-9-]+)"', text)
        self.nodes = {"0": {0}, "1": {1}, "0-1": {0, 1}}[nodes[1]] if nodes else None
        # RAM / 128 for page tables, 64 MiB for firmware and ROMs, 256 MiB for QEMU: what a hard limit is made of.
        self.beside = self.memory // 128 + 320 * MIB


def lacks(guest, host):
    """What the host never has, whoever runs there."""
    return (bool(guest.nodes) and not guest.nodes <= set(host.memory)) or (
        guest.page and host.pages and guest.page not in host.pages)


def choose(guest, host, taken):
    """The fewest nodes, near ones first (all are equally far here), that hold one guest; none of those that are taken."""
    rooms = host.pages.get(guest.page, {}) if guest.page else host.memory
    for vcpus in (guest.vcpus,) if guest.pins else (guest.vcpus, 0):
        for count in range(1, len(host.memory) + 1):
            for nodes in itertools.combinations(sorted(host.memory), count):
                free = [node for node in nodes if node not in taken]
                if (sum(rooms.get(node, 0) for node in free) >= guest.memory and
                        sum(host.cpus[node] for node in nodes) >= vcpus):
                    return set(nodes)
    return None


def places(guest, host):
    """Sets of nodes that a guest may be on."""
    if not guest.auto:
        return [guest.nodes or set(host.memory)]
    sets, taken = [], set()
    while (found := choose(guest, host, taken)):
        sets.append(found)
        taken |= found
    return sets


def take(rooms, nodes, amount):
    """Takes it from these nodes, wherever there is some; FALSE, and nothing taken, where there is not as much."""
    if sum(rooms[node] for node in nodes) < amount:
        return False
    for node in sorted(nodes):
        part = min(amount, rooms[node])
        rooms[node] -= part
        amount -= part
    return True


def count(guest, host):
    """One guest after the other, until something is used up: how many, and what."""
    asids, cpus = host.asids[guest.type], sum(host.cpus.values())
    memory = dict(host.memory)
    pages = dict(host.pages.get(guest.page, {}))
    sets = places(guest, host)
    guests = 0
    while True:
        lack = set()
        if guest.type != "none" and asids < 1:
            lack.add("asids-" + guest.type)
            if guest.type == "sev-snp" and host.kind != "genoa":
                lack = {"asids-sev-es"}
        if cpus < guest.vcpus:
            lack.add("vcpus")
        there = set() if sets else {"memory", "hugepages"}
        for nodes in sets:
            before = dict(memory), dict(pages)
            inside = guest.beside if guest.page else guest.memory + guest.beside
            short = set() if take(memory, nodes, inside) else {"memory"}
            if guest.page and pages and not take(pages, nodes, guest.memory):
                short.add("hugepages")
            if not short:
                there = short
                break
            there |= short
            memory, pages = before
        if lack | there:
            return guests, lack | there
        asids, cpus, guests = asids - 1, cpus - guest.vcpus, guests + 1


def compare(guest, host, report):
    state, guests, limit, assumed = report
    where = f"{guest.name} ({guest.type}) on {host.name}"
    verdict = VERDICTS[host.kind][TYPES.index(guest.type)]
    if lacks(guest, host):
        verdict = "cannot"
    if verdict == "cannot":
        check(state == "cannot" and guests == 0, f"{where}: {state}, {guests} guests, and it cannot run")
        return state
    expected, lack = count(guest, host)
    if expected == 0:
        verdict = "full"
    elif guest.type != "none" and host.last[guest.type]:
        verdict = "warned"
    check(state == verdict, f"{where}: {state}, not {verdict}")
    check(guests == expected, f"{where}: {guests} guests, not {expected}")
    check(limit in lack, f"{where}: limited by {limit}, not by {lack}")
    unknown = (guest.type != "none" and not host.counted) or (guest.page and not host.pages)
    check(assumed == bool(unknown), f"{where}: assumed is {assumed}")
    return state


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        report = json.load(file)
    hosts = [Host(os.path.join(sys.argv[2], name)) for name in sorted(os.listdir(sys.argv[2]))]
    guests = [Guest(os.path.join(sys.argv[3], name)) for name in sorted(os.listdir(sys.argv[3]))]
    check([host["name"] for host in report["hosts"]] == [host.name for host in hosts], "other hosts")
    check([profile["name"] for profile in report["profiles"]] == [guest.name for guest in guests], "other profiles")
    states = {}
    for guest, row in zip(guests, report["pairs"], strict=True):
        for i, host in enumerate(hosts):
            limit = row["limits"][i]
            resource = None if limit is None else report["hosts"][i]["pools"][limit]["resource"]
            state = compare(guest, host, (row["states"][i], row["guests"][i], resource, row["assumed"][i]))
            states[state] = states.get(state, 0) + 1
    # A table that had one answer for all would prove little.
    check(min(states.get(state, 0) for state in ("cannot", "full", "warned", "runs")) > 20, f"states: {states}")
    for failure in failures[:20]:
        print(f"FAIL: {failure}")
    print(f"{sum(states.values())} pairs, {states}, {len(failures)} failures")
    sys.exit(1 if failures else 0)


main()
