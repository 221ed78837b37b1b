#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The shipped host records are valid by schemas/host.rng, and records with a mistake are not.
set -u
schema=$srcdir/schemas/host.rng
command -v xmllint >/dev/null || { echo "xmllint is not installed"; exit 77; }
failed=0

valid() {
    xmllint --noout --relaxng "$schema" "$1" 2>/dev/null
}

for host in "$srcdir"/profiles/hosts/*.xml; do
    valid "$host" || { echo "$host is not valid by host.rng"; failed=1; }
    name=$(basename "$host" .xml)
    grep -q "<cvmdomHost version=\"1\" name=\"$name\">" "$host" || { echo "$host has another name inside"; failed=1; }
    grep -q "<origin>.*[Mm]odelled" "$host" || { echo "$host does not say what is modelled"; failed=1; }
done

work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
check() {
    printf '<cvmdomHost version="1" name="x">%s</cvmdomHost>\n' "$2" >"$work/host.xml"
    if valid "$work/host.xml"; then was=good; else was=bad; fi
    [ "$was" = "$1" ] || { echo "expected a $1 record: $2"; failed=1; }
}
check good ''
check good '<smt active="no"/><versions><libvirt>9.0.0</libvirt></versions>'
check good '<device path="/dev/sev" present="no"/><memlock limit="infinity"/>'
check good '<capabilities><host new="attribute"><anything xmlns="urn:x"/></host></capabilities>'
check good '<iommu/><cgroup/><apparmor/><qemuUser/><guests/><hugetlbfs/><kernel/><sevInfo/>'
check good '<kernel messages="no"><option>iommu=pt</option></kernel><module name="ccp" loaded="no"/>'
check good '<processor flags="sev"/><cpuid leaf="0x8000001f" eax="0x1" ebx="0" ecx="1" edx="2"/><msr name="HWCR" value="0xf"/>'
check good '<sevPlatform state="init" guests="0"/><guests sev="1"/><hugetlbfs><mount size="2048"/></hugetlbfs>'
check bad '<cpuid leaf="0x8000001f" eax="0x1"/>'
check bad '<msr name="HWCR" value="15"/>'
check bad '<sevPlatform state="off"/>'
check bad '<kernel options="few"/>'
check bad '<module name="ccp" loaded="maybe"/>'
check bad '<apparmor devSev="perhaps"/>'
check bad '<smt active="maybe"/>'
check bad '<smt active="no"/><smt active="no"/>'
check bad '<smt/>'
check bad '<version/>'
check bad 'text'
check bad '<misc><capacity sve="1"/></misc>'
check bad '<device path="/dev/sev" mode="rw"/>'
check bad '<memlock limit="64MiB"/>'
check bad '<versions><qemu>new</qemu></versions>'
check bad '<firmware><image path="x" size="1" guidTable="no"/></firmware>'
check bad '<firmware><image path="x" size="1" guidTable="no" variableStore="no"><resetBlock/></image></firmware>'
printf '<cvmdomHost version="2" name="x"/>\n' >"$work/host.xml"
! valid "$work/host.xml" || { echo "version 2 passes"; failed=1; }

# What is captured is valid, whatever the tree is, and the same twice.
mkdir -p "$work/tree/proc" "$work/tree/etc/qemu/firmware" "$work/empty"
printf 'iommu=pt mem_encrypt=on root=/dev/sda1\n' >"$work/tree/proc/cmdline"
printf 'processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: EPYC\001 <9334> & more\nflags\t\t: sev sev_es\n' \
    >"$work/tree/proc/cpuinfo"
printf '{"a": "\001<b>]]>"}\n' >"$work/tree/etc/qemu/firmware/1.json"
: >"$work/tree/etc/qemu/firmware/2.json"
for root in "$work/empty" "$work/tree" /; do
    for full in '' --full; do
        # shellcheck disable=SC2086
        "$CVMDOM" host capture $full --root "$root" >"$work/captured.xml" 2>"$work/err" ||
            { echo "capture of $root fails: $(cat "$work/err")"; failed=1; }
        valid "$work/captured.xml" || { echo "what was captured of $root is not valid by host.rng"; failed=1; }
        "$CVMDOM" host show "$work/captured.xml" >/dev/null || { echo "what was captured of $root is not read"; failed=1; }
    done
done
for i in 1 2; do
    "$CVMDOM" host capture --root "$work/tree" >"$work/captured$i.xml" 2>/dev/null
done
cmp "$work/captured1.xml" "$work/captured2.xml" || failed=1
grep -q "<option>iommu=pt</option>" "$work/captured1.xml" || { echo "no option was captured"; failed=1; }
exit $failed
