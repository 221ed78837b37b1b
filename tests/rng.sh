#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every shipped profile on every shipped host is valid by the RELAX NG schema of the installed libvirt.
. "${srcdir:?run this by make check}/tests/harness.sh"
. "$srcdir/tests/sevhost/shipped.sh"

need xmllint
schemas=/usr/share/libvirt/schemas
[ -e "$schemas/domain.rng" ] || skip "no $schemas/domain.rng (Debian: libvirt-clients or libvirt-daemon-driver-qemu)"

for host in "$srcdir"/profiles/hosts/*.xml; do
    render_shipped "$(basename "$host" .xml)" "$work"
done

for xml in "$work"/*.xml; do
    name=$(basename "$xml" .xml)
    # libvirt knows SNP since 10.5
    if grep -q "type='sev-snp'" "$xml" && ! grep -q 'sev-snp' "$schemas/domaincommon.rng"; then
        printf '%s: not checked, this libvirt has no sev-snp\n' "$name"
        continue
    fi
    if xmllint --noout --relaxng "$schemas/domain.rng" "$xml" 2>"$work/stderr"; then
        pass
    else
        fail "$name"
        cat "$work/stderr"
    fi
done
[ "$passed" -gt 0 ] || fail 'nothing was checked'
finish
