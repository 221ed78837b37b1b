#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The real QEMU takes the rendered command lines of encrypted guests, without KVM and without SEV: it makes the object sev-guest or
# sev-snp-guest, which checks its properties, and the guest comes as far as the firmware's shell. Three things are changed on the
# way: the machine is not tied to that object (confidential-guest-support), KVM is TCG, and the CPU is "max".
. "${srcdir:?run this by make check}/tests/harness.sh"
CVMDOM_DATA_DIR=${CVMDOM_DATA_DIR-$srcdir/profiles}
export CVMDOM_DATA_DIR

need python3 qemu-system-x86_64
patience=150 # seconds, until the firmware's shell

real=$(command -v qemu-system-x86_64)
mkdir "$work/run" "$work/state"
cat >"$work/emulator" <<SCRIPT
#!/usr/bin/env python3
import os, re, sys
words = sys.argv[1:]
for i, word in enumerate(words[:-1]):
    if word == "-machine":
        words[i + 1], count = re.subn(",confidential-guest-support=lsec0", "", words[i + 1])
        assert count == 1, words[i + 1]
    elif word == "-accel":
        assert words[i + 1] == "kvm"
        words[i + 1] = "tcg"
    elif word == "-cpu":
        words[i + 1] = "max"
os.execv("$real", ["$real", *words])
SCRIPT
chmod 755 "$work/emulator"

# start NAME [OPTION…]: the guest of that kind, with a serial port that is a file, until the firmware's shell is there.
start()
{
    name=$1
    shift
    cat >"$work/$name.yaml" <<YAML
name: $name
memory: 512MiB
vcpu: 1
devices:
  emulator: $work/emulator
  serial: {type: file, source: $work/$name.console}
YAML
    : >"$work/$name.console"
    run "$CVMDOM" render --to qemu "$work/$name.yaml" "$@" -o "$work/$name.plain"
    expect_status 0
    sed "s,/run/cvmdom/,$work/run/,g; s,/var/lib/cvmdom/,$work/state/,g" "$work/$name.plain" >"$work/$name.sh"
    CVMDOM_CHECK=no sh "$work/$name.sh" >"$work/$name.log" 2>&1 &
    guest=$!
    trap 'kill "$guest" 2>/dev/null; rm -rf "$work"' EXIT
    waited=0
    until grep -aqE 'UEFI Interactive Shell|Shell>' "$work/$name.console"; do
        kill -0 "$guest" 2>/dev/null || break
        [ "$waited" -lt "$patience" ] || break
        sleep 1
        waited=$((waited + 1))
    done
    if grep -aqE 'UEFI Interactive Shell|Shell>' "$work/$name.console"; then pass; else
        fail "$name: no UEFI shell on the serial console after $waited s"
        sed 's/^/    QEMU: /' "$work/$name.log"
        tail -c 500 "$work/$name.console"
    fi
}

# has PROPERTY VALUE: QEMU's object.
has()
{
    python3 "$srcdir/tests/tools/ask_qemu.py" "$work/run/$name/monitor.sock" /objects/lsec0 "$1" >"$work/answer" 2>&1 || :
    check "$name: $(cat "$work/answer") instead of $2" test "$(cat "$work/answer")" = "$1 $2"
}

stop()
{
    kill "$guest" 2>/dev/null || :
    wait "$guest" 2>/dev/null || :
}

# need_image HOST TYPE: the firmware that such a guest gets is installed.
has_image()
{
    "$CVMDOM" render --to libvirt "$srcdir/profiles/$2-minimal.yaml" --host "$1" 2>/dev/null |
        sed -n 's/.*<loader.*>\(.*\)<\/loader>.*/\1/p' >"$work/image"
    [ -s "$work/image" ] && [ -e "$(cat "$work/image")" ]
}

booted=
has_image epyc-rome-sev sev && {
    start sev --set launchSecurity.type=sev --host epyc-rome-sev
    has policy 3
    has cbitpos 47
    has reduced-phys-bits 1
    check 'the variable store is copied' test -s "$work/state/sev/VARS.fd"
    stop
    booted="$booted SEV"
}
has_image epyc-rome-sev sev-es && {
    start sev-es --host epyc-rome-sev --set launchSecurity.type=sev-es \
        --set "launchSecurity.dhCert={file: $srcdir/tests/rule-pages/dh-cert.b64}" \
        --set "launchSecurity.session={file: $srcdir/tests/rule-pages/session.b64}"
    has policy 7
    has session-file "\"$work/run/sev-es/session.base64\""
    check 'the session is there' test "$(base64 -d <"$work/run/sev-es/session.base64" | wc -c)" -eq 128
    stop
    booted="$booted SEV-ES"
}
if qemu-system-x86_64 -object help | grep -q sev-snp-guest && has_image epyc-genoa-snp snp; then
    start sev-snp --host epyc-genoa-snp --set launchSecurity.type=sev-snp \
        --set launchSecurity.hostData=d2ViLTEgaW4gcHJvZHVjdGlvbiwgcmVsZWFzZSAyMDE= \
        --set "launchSecurity.idBlock={file: $srcdir/tests/rule-pages/id-block.b64}" \
        --set "launchSecurity.idAuth={file: $srcdir/tests/rule-pages/id-auth.b64}"
    has policy 196608
    has cbitpos 51
    has host-data '"d2ViLTEgaW4gcHJvZHVjdGlvbiwgcmVsZWFzZSAyMDE="'
    stop
    booted="$booted SEV-SNP"
fi
[ -n "$booted" ] || skip 'none of the firmware images is installed'
printf 'booted under TCG:%s\n' "$booted"
finish
