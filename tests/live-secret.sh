#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `cvmdom secret --inject` beside a real libvirt daemon: a guest is defined, started paused and verified, and what arrives at
# the emulator is what a guest finds. The firmware's side is played by tests/sevhost/launched.py, which refuses a packet whose
# MAC does not hold; tests/tools/secret.py opens it.
if [ -z "${SEVHOST_WORK-}" ]; then
    exec "${srcdir:?run this by make check}/tests/sevhost/run" --daemon "${SHELL:-/bin/sh}" "$0"
fi
. "${srcdir:?run this by make check}/tests/harness.sh"

need virsh python3
[ -x "$CVMDOM" ] || skip "this user may not run $CVMDOM"
uri=$LIBVIRT_DEFAULT_URI
launch=$SEVHOST_WORK/launch
cd "$work" || exit 99
chmod 755 "$work"
printf 'integrity key 16' >tik
printf 'encryption key16' >tek
printf 'correct horse battery staple' >passphrase
printf 'one\000two\n\r\n\377\000' >binary
python3 "$srcdir/tests/tools/make_ovmf.py" amdsev.fd --like amdsev
cp amdsev.fd other.fd
printf 'another build' | dd of=other.fd bs=1 seek=100 conv=notrunc 2>dd.log
luks_key=736869e5-84f0-4973-92ec-06879ce3da0b
other=0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0

head -c 2084 /dev/zero | base64 -w 0 >dh_cert
head -c 128 /dev/zero | base64 -w 0 >session

# What the guest owner has; libvirt gets another firmware for it at times. Nobody here looks into the session.
# profile FIRMWARE FILE
profile()
{
    cat >"$2" <<EOF
name: db
launchSecurity: {type: sev, dhCert: {file: dh_cert}, session: {file: session}}
memory: 64MiB
vcpu: 1
os:
  firmware: {loader: $work/$1, stateless: true}
EOF
}

# start FIRMWARE OPTION…: the domain, from another profile
start()
{
    profile "$1" started.yaml
    shift
    virsh --quiet destroy db >destroy.log 2>&1
    rm -f "$launch"/db.*
    cp tik "$launch/db.tik"
    # locked memory is no part of this, and not every machine lets us have it
    run "$CVMDOM" define started.yaml --set memory.locked=false --force --replace --start "$@" --connect "$uri"
    expect_status 0
}

inject()
{
    run "$CVMDOM" secret owner.yaml --tik tik --tek tek --connect "$uri" --inject --insecure "$@"
}

# nothing STATUS: and nothing has arrived
nothing()
{
    expect_status "$1"
    check 'something was injected' test ! -e "$launch/db.injected"
}

hex()
{
    od -An -v -tx1 "$1" | tr -d ' \n'
}

# What arrived last, as a guest finds it.
arrived()
{
    virsh --quiet domlaunchsecinfo db | sed -n 's/^sev-measurement *: //p' >reported
    tail -n 1 "$launch/db.injected" >packet
    python3 - <<'EOF'
import json
with open("packet") as file:
    packet = json.load(file)
print(packet["accepted"], hex(packet["gpa"]))
for name in ("packet-header", "secret"):
    with open(name, "w") as file:
        file.write(packet[name])
EOF
    python3 "$srcdir/tests/tools/secret.py" open tek tik "$(cat reported)" packet-header secret
}

profile amdsev.fd owner.yaml

# ---- a guest that is what it should be ----

start amdsev.fd --paused
inject --secret luks-key:passphrase --secret "$other:binary"
expect_status 0
expect_out "^'db': verified, and given the secrets \(112 of 3072 bytes\)"
arrived >found
printf '%s\n' 'True 0x810000' "$luks_key $(hex passphrase)" "$other $(hex binary)" 'padding 12' >expected
check "not what was sent: $(diff expected found)" cmp -s expected found

# through files and virsh, which is the other way
rm -f "$launch/db.injected"
run "$CVMDOM" secret owner.yaml --tik tik --tek tek --connect "$uri" --insecure --secret luks-key:passphrase --header header \
    --payload payload
expect_status 0
check 'it was injected without --inject' test ! -e "$launch/db.injected"
expect_out "^  virsh -c $uri domsetlaunchsecstate db "
check 'virsh refuses the files' sh -c "$(sed -n 's/^  virsh /virsh --quiet /p' out)"
arrived >found
check "not what was sent: $(cat found)" grep -qx "$luks_key $(hex passphrase)" found

# ---- one that is not ----

start other.fd --paused
inject --secret luks-key:passphrase
nothing 1
expect_out 'NOT VERIFIED'

start amdsev.fd --paused
head -c 48 /dev/urandom | base64 -w 0 >"$launch/db.measurement"
inject --secret luks-key:passphrase
nothing 1
expect_out 'NOT VERIFIED'

# A measurement of another launch, which a host kept: it may convince, but the firmware refuses what is made for it.
rm -f "$launch/db.measurement"
virsh --quiet domlaunchsecinfo db | sed -n 's/^sev-measurement *: //p' >kept
virsh --quiet destroy db
run "$CVMDOM" define started.yaml --set memory.locked=false --force --start --paused --connect "$uri"
expect_status 0
run "$CVMDOM" secret owner.yaml --tik tik --tek tek --measurement "$(cat kept)" --api-major 1 --api-minor 55 --build-id 21 \
    --secret luks-key:passphrase --header old.header --payload old.payload
expect_status 0
run virsh --quiet domsetlaunchsecstate db --secrethdr old.header --secret old.payload
expect_status 1
expect_err "fw_error=11 'Bad measurement'"
rm -f "$launch/db.injected"

# ---- too late ----

virsh --quiet resume db
inject --secret luks-key:passphrase
nothing 1
expect_err 'domain must be in a paused state'
expect_err 'Change: Destroy it and start it paused'

# paused again, which libvirt takes for good; the firmware does not
virsh --quiet suspend db
inject --secret luks-key:passphrase
nothing 1
expect_err 'Not in correct state'
expect_err 'Change: Destroy it and start it paused'

virsh --quiet destroy db
inject --secret luks-key:passphrase
nothing 1
inject --secret luks-key:passphrase --domain nobody
nothing 2

finish
