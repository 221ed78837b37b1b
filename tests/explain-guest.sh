#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# cvmdom explain --guest: the advice for three shipped profiles as it is printed (tests/guest, written anew by CVM_TEST_UPDATE=1), and
# what it is made to say by a profile's keys and by wrong use.
. "${srcdir:?run this by make check}/tests/harness.sh"
need python3

cd "$work" || exit 99
profiles=$srcdir/profiles

for name in sev-database sev-es-minimal snp-web; do
    run "$CVMDOM" explain --guest "$profiles/$name.yaml" --color never
    expect_status 0
    if [ -n "${CVM_TEST_UPDATE-}" ]; then
        mkdir -p "$srcdir/tests/guest" && cp out "$srcdir/tests/guest/$name.txt"
    fi
    check "tests/guest/$name.txt differs" diff -u "$srcdir/tests/guest/$name.txt" out
done

# Every shipped profile gets an answer, one after the other, and each source that is referred to is there.
run "$CVMDOM" explain --guest "$profiles"/*.yaml
expect_status 0
check 'there is one heading for each profile' test "$(grep -c "^Inside guest '" out)" -eq "$(ls "$profiles"/*.yaml | wc -l)"
expect_out '^It is not confidential'
for name in snp-web sev-database; do
    run "$CVMDOM" explain --guest "$profiles/$name.yaml"
    sed -n 's/.*\[\([0-9]*\)\]$/\1/p' out | sort -un >used
    sed -n 's/^\[\([0-9]*\)\] .*/\1/p' out | sort -n >listed
    check "$name: sources are numbered otherwise" diff used listed
done

# Commands are pasted into a shell: it has to understand them.
"$CVMDOM" explain --guest "$profiles/snp-web.yaml" --format json 2>/dev/null | python3 -c '
import json, sys
for piece in json.load(sys.stdin)["guests"][0]["advice"]:
    if piece["command"] and piece["group"] != "cmdline":
        print(piece["command"])' >commands.sh
check 'there are commands' test -s commands.sh
check 'the shell does not understand a command' sh -n commands.sh

# The host decides nothing of it but what the profile leaves open; --set is the profile's.
run "$CVMDOM" explain --guest "$profiles/snp-minimal.yaml" --set memory=1GiB --host epyc-genoa-snp --set vcpu=4
expect_status 0
expect_out 'swiotlb=131072$' # 256 MiB, a quarter
expect_out 'mapped .*[(]256MB[)]$'
run "$CVMDOM" explain --guest "$profiles/snp-minimal.yaml" --set os.cmdline='ro swiotlb=noforce' --set os.kernel=/boot/vmlinuz \
    --set os.initrd=/boot/initrd.img
expect_out 'Take swiotlb=noforce out'
check 'a pool that is not there is looked for' sh -c '! grep -q "TLB: mapped" out'

# Domain XML says what it is; it needs no host.
"$CVMDOM" render "$profiles/sev-minimal.yaml" --host epyc-rome-sev >sev.xml 2>/dev/null
run "$CVMDOM" explain --guest sev.xml
expect_status 0
expect_out "^Inside guest 'sev-minimal' [(]SEV[)]$"

# What would not start gets no advice, and the others theirs.
run "$CVMDOM" explain --guest "$profiles/sev-minimal.yaml" --set launchSecurity.policy=0x40
expect_status 1
expect_silent out
expect_err "'sev-minimal': no advice"
run "$CVMDOM" explain --guest no-such.yaml --guest "$profiles/snp-minimal.yaml"
expect_status 2
expect_out "^Inside guest 'snp-minimal'"
for wrong in '--guest x --log y' '--guest x --list' '--format json CVM207' '--host epyc-rome-sev --list' '--guest x --format xml'; do
    # shellcheck disable=SC2086 # words are wanted
    run "$CVMDOM" explain $wrong
    expect_status 3
    expect_silent out
done
finish
