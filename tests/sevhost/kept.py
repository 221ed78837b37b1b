#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""kept.py WRITTEN DUMPED: names each element and attribute of a domain XML that libvirt did not keep.

libvirt drops what it does not understand, and adds much of its own: everything written must be found in what
`virsh dumpxml` gives back, whatever else is there.
"""
import sys
import xml.etree.ElementTree as ET

KIB = {"KiB": 1, "MiB": 1 << 10, "GiB": 1 << 20, "TiB": 1 << 30}


def value(text):
    """Numbers are the same in any radix; blank text is none."""
    text = (text or "").strip()
    try:
        return int(text, 16) if text.startswith("0x") else int(text)
    except ValueError:
        return text


def content(element):
    """Attributes and text, a size in KiB."""
    attributes = {name: value(text) for name, text in element.attrib.items()}
    text = value(element.text) if not len(element) else ""
    unit = attributes.get("unit")
    if unit in KIB:
        attributes["unit"] = "KiB"
        if isinstance(text, int):
            text *= KIB[unit]
        for name in ("size", "memory"):
            if name in attributes:
                attributes[name] *= KIB[unit]
    return attributes, text


def missing(written, dumped):
    """What of `written` is not in `dumped`, as a list of paths."""
    attributes, text = content(written)
    there, there_text = content(dumped)
    result = ["/@%s=%s" % item for item in attributes.items() if there.get(item[0]) != item[1]]
    if text != "" and text != there_text:
        result.append(" = %s" % text)
    left = list(dumped)
    for child in written:
        candidates = [(missing(child, other), other) for other in left if other.tag == child.tag]
        if not candidates:
            result.append("/" + child.tag)
            continue
        lacks, best = min(candidates, key=lambda pair: len(pair[0]))
        left.remove(best)
        result += ["/%s%s" % (child.tag, lack) for lack in lacks]
    return result


lost = missing(ET.parse(sys.argv[1]).getroot(), ET.parse(sys.argv[2]).getroot())
for path in lost:
    print("libvirt does not keep " + path)
sys.exit(bool(lost))
