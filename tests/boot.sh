#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The guest of profiles/uefi-shell-tcg.yaml, which is a confidential guest's but for the encryption, boots the real OVMF
# under QEMU's TCG as far as the firmware's shell, started by the real libvirt.
. "${srcdir:?run this by make check}/tests/harness.sh"

need virsh xmllint python3
host=epyc-rome-sev
profile=$srcdir/profiles/uefi-shell-tcg.yaml
xml=$work/guest.xml
chmod 755 "$work"
check 'uefi-shell-tcg does not render' "$CVMDOM" render "$profile" --host "$host" -o "$xml"
firmware=$(xmllint --xpath 'string(/domain/os/loader)' "$xml")
[ -e "$firmware" ] || skip "no firmware $firmware (Debian: ovmf)"

# It is the image that the same guest gets with SEV.
check 'the guest does not render as a SEV guest' \
    "$CVMDOM" render "$profile" --host "$host" --set virtType=kvm --set launchSecurity.type=sev -o "$work/sev.xml"
check "a SEV guest would not boot $firmware" \
    test "$(xmllint --xpath 'string(/domain/os/loader)' "$work/sev.xml")" = "$firmware"

cp "$srcdir/tests/sevhost/boot" "$work"
status=0
"$srcdir/tests/sevhost/run" "$work/boot" "$xml" 120 'UEFI Interactive Shell' 'Shell>' \
    >"$work/console" || status=$?
[ "$status" -ne 77 ] || skip 'see above'
check 'no UEFI shell on the serial console' test "$status" -eq 0
cat "$work/console"
finish
