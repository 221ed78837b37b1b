#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# tests/sevhost/run itself: libvirt sees an SEV host below it, a plain KVM host with --no-sev, and nothing is left behind.
. "${srcdir:?run this by make check}/tests/harness.sh"

need virsh python3
run=$srcdir/tests/sevhost/run
TMPDIR=$work
export TMPDIR

# The domain capabilities below run with the given options, or a skipped test.
capabilities()
{
    status=0
    "$run" "$@" virsh domcapabilities --machine q35 --virttype kvm >"$work/capabilities" || status=$?
    [ "$status" -ne 77 ] || skip 'see above'
    [ "$status" -eq 0 ] || fail "run $* exits $status"
}

chmod 755 "$work"
capabilities
check 'no SEV' grep -q "<sev supported='yes'>" "$work/capabilities"
check 'not the C-bit of the pretended host' grep -q '<cbitpos>51</cbitpos>' "$work/capabilities"
check 'EPYC-Rome is not usable' grep -q "<model usable='yes' vendor='AMD'[^>]*>EPYC-Rome<" "$work/capabilities"
# libvirt 10.5 and QEMU 9.1 brought SNP, and libvirt the enumeration
if grep -q '<launchSecurity' "$work/capabilities"; then
    check 'no SNP' grep -q '<value>sev-snp</value>' "$work/capabilities"
fi
capabilities --no-sev
check 'SEV in spite of --no-sev' grep -q "<sev supported='no'/>" "$work/capabilities"

status=0
"$run" sh -c 'exit 5' || status=$?
check "the command's exit status 5 comes out as $status" test "$status" -eq 5
check 'a work folder is left' test -z "$(find "$work" -name 'sevhost.*')"
finish
