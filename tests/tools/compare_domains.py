#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""compare_domains.py FOLDER: each NAME.xml, which render made for libvirt, beside NAME.virt-install.xml, which virt-install
made of its script: element by element. Order counts among elements of one name alone, and what libvirt takes as its
default is as good as absent. Other differences are those of ACCEPTED, and each of these has to be met."""
import glob
import os
import sys
import xml.etree.ElementTree as ET

# Attributes that say what their absence means.
DEFAULTS = {
    ("memory", "unit"): "KiB", ("currentMemory", "unit"): "KiB", ("maxMemory", "unit"): "KiB",
    ("hard_limit", "unit"): "KiB", ("graphics", "port"): "-1",
}


def generated(element, domain):
    """What libvirt would make up, too, where nobody says."""
    return element.tag in ("uuid", "mac")


def same_memory(element, domain):
    """No more than the memory itself, which is what its absence means."""
    return element.tag == "currentMemory" and element.text == domain.findtext("memory")



ACCEPTED = (generated, same_memory)
met = set()


def shown(element):
    attributes = "".join(" %s='%s'" % pair for pair in sorted(element.items()))
    return "<%s%s>%s" % (element.tag, attributes, (element.text or "").strip())


def attributes_of(element):
    """Numbers of an address are the same in any notation."""
    said = {name: value for name, value in element.items() if DEFAULTS.get((element.tag, name)) != value}
    if element.tag == "address" and "slot" in said:
        said.update((name, int(value, 0)) for name, value in said.items() if name != "type")
    return said


def text_of(element):
    """Text beside children is indentation."""
    return "" if len(element) else (element.text or "")


def by_name(element):
    groups = {}
    for child in element:
        groups.setdefault(child.tag, []).append(child)
    groups.get("feature", []).sort(key=lambda feature: feature.get("name"))  # a set
    return groups


def accept(element, domain):
    for reason in ACCEPTED:
        if reason(element, domain):
            met.add(reason)
            return True
    return False


def compare(place, wanted, got, domain):
    """The differences, a line each."""
    if attributes_of(wanted) != attributes_of(got) or text_of(wanted) != text_of(got):
        yield "%s: %s instead of %s" % (place, shown(got), shown(wanted))
    left, right = by_name(wanted), by_name(got)
    for tag in sorted(set(left) | set(right)):
        ours, theirs = left.get(tag, []), right.get(tag, [])
        if not ours:
            theirs = [element for element in theirs if not accept(element, domain)]
        for i in range(max(len(ours), len(theirs))):
            at = "%s/%s[%d]" % (place, tag, i + 1)
            if i >= len(theirs):
                yield "%s: %s is lost" % (at, shown(ours[i]))
            elif i >= len(ours):
                yield "%s: %s is added" % (at, shown(theirs[i]))
            else:
                yield from compare(at, ours[i], theirs[i], domain)


def main(folder):
    pairs = sorted(glob.glob(os.path.join(folder, "*.virt-install.xml")))
    failed = not pairs
    for theirs in pairs:
        got = ET.parse(theirs).getroot()
        wanted = ET.parse(theirs.replace(".virt-install.xml", ".xml")).getroot()
        for metadata in wanted.findall("metadata"):  # CVM840
            wanted.remove(metadata)
        for line in compare("", wanted, got, got):
            print("%s: %s" % (os.path.basename(theirs), line))
            failed = True
    for reason in ACCEPTED:
        if reason not in met:
            print("no profile has the accepted difference '%s'" % reason.__name__)
            failed = True
    print("%d domains compared" % len(pairs))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
