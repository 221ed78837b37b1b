#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# cvmdom host with a real libvirt on a pretended SEV host: what is captured is valid, stable and nobody's identity, and
# everything that takes a host takes it.
. "${srcdir:?run this by make check}/tests/harness.sh"

need virsh xmllint python3
chmod 755 "$work"
mkdir -m 777 "$work/live"

# All in one run: the embedded driver probes its emulator once.
cat >"$work/capture" <<'EOS'
cd "$1" || exit 99
said()
{
    name=$1
    shift
    "$@" >"$name.out" 2>"$name.err" </dev/null
    echo $? >"$name.status"
}
said first "$CVMDOM" host capture --connect "$LIBVIRT_DEFAULT_URI" -o first.xml
said second "$CVMDOM" host capture --connect "$LIBVIRT_DEFAULT_URI" -o second.xml --name first
said default "$CVMDOM" host capture
said full "$CVMDOM" host capture --full
said show "$CVMDOM" host show "$LIBVIRT_DEFAULT_URI"
said check "$CVMDOM" host check --connect "$LIBVIRT_DEFAULT_URI"
said whole env TMPDIR=/nonexistent "$CVMDOM" host capture -o no/such/folder.xml
virsh capabilities >capabilities.xml
virsh nodesevinfo >sevinfo 2>/dev/null
exit 0
EOS
status=0
CVMDOM=$CVMDOM "$srcdir/tests/sevhost/run" sh "$work/capture" "$work/live" || status=$?
[ "$status" -ne 77 ] || skip 'see above'
[ "$status" -eq 0 ] || fail "tests/sevhost/run exits $status"
cd "$work/live" || exit 99

# took NAME: brings back one of the runs above
took()
{
    run_line="the run '$1'"
    status=$(cat "$1.status")
    cp "$1.out" "$work/out"
    cp "$1.err" "$work/err"
}

value()
{
    xmllint --xpath "$2" "$1"
}

took first
expect_status 0
expect_silent out
expect_silent err
check "no record by the name of 'first'" test "$(value first.xml 'string(/cvmdomHost/@name)')" = first
check "the record is not valid by host.rng" xmllint --noout --relaxng "$srcdir/schemas/host.rng" first.xml
check "a second record differs" cmp -s first.xml second.xml
took default
expect_status 0
expect_silent err
sed "s/ name='host'/ name='first'/" default.out >default.xml
check "the default connection gives another record" cmp -s default.xml first.xml
took full
expect_status 0
cp full.out full.xml
check "the full record is not valid by host.rng" xmllint --noout --relaxng "$srcdir/schemas/host.rng" full.xml
took whole
expect_status 2
expect_err "cannot write 'no/such/folder.xml'"

check "SEV is not in the record" test "$(value first.xml 'string(//domainCapabilities/features/sev/@supported)')" = yes
check "no version of libvirt" test "$(value first.xml 'string(/*/versions/libvirt)')" = "$(virsh --version)"

# ---- identity ----

# identity: what names this machine and no other, one a line
identity()
{
    uname -n
    cat /etc/machine-id /sys/class/dmi/id/*_serial /sys/class/dmi/id/product_uuid 2>/dev/null
    cat /sys/class/net/*/address 2>/dev/null | grep -v 00:00:00:00:00:00
    xmllint --xpath 'string(/capabilities/host/uuid)' capabilities.xml
    sed -n 's/^\(pdh\|cert-chain\|cpu0-id\) *: *//p' sevinfo
}
# a name like "host" says nothing
identity | awk 'length > 5' | sort -u >identity
check "there is nothing to look for" test -s identity
while IFS= read -r secret; do
    if grep -qF -e "$secret" first.xml show.out check.out; then fail "'$secret' is recorded"; else pass; fi
done <identity
if [ -s sevinfo ]; then
    for name in pdh cert-chain cpu0-id; do
        check "--full leaves $name out" grep -qF "$(sed -n "s/^$name *: *//p" sevinfo)" full.xml
    done
fi

# ---- what takes a host takes the record ----

took show
expect_status 0
expect_silent err
run "$CVMDOM" host show first.xml
expect_status 0
expect_out "$(virsh --version)"
run "$CVMDOM" host show --format json first.xml
expect_status 0
check "'host show' prints no JSON" python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$work/out"
took check
# Yes or no: that depends on what of the host can be pretended here (without namespaces its processor is this machine's).
check "host check exits with $status" test "$status" -le 1
live_status=$status
sed 1d "$work/out" >live-check # the first line has the name
run "$CVMDOM" host check first.xml
expect_status "$live_status"
sed 1d "$work/out" >record-check
check "the record is judged as the host is" diff live-check record-check
run "$CVMDOM" host check --format json first.xml
expect_status "$live_status"
check "'host check' prints no JSON" python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$work/out"

# renders_for HOST [OPTION…]: a shipped profile for the record, of which lint has nothing to say
renders_for()
{
    run "$CVMDOM" render --host "$@" -o sev-minimal.xml "$srcdir/profiles/sev-minimal.yaml"
    if [ "$status" -eq 1 ] && grep -q 'CVM405' "$work/err"; then
        printf 'not rendered: no firmware with SEV is installed\n'
        return
    fi
    expect_status 0
    run "$CVMDOM" lint --host "$@" --fail-on warning sev-minimal.xml
    expect_status 0
}
if "$CVMDOM" host check --type sev first.xml >/dev/null; then
    renders_for first.xml
fi

# ---- another machine's ----

# A connection that libvirt makes through a program, as by ssh: nothing tells that the host is this machine, so that its files
# are not read, and the SEV host is all there is.
cat >"$work/carry.py" <<'EOS'
import os
import socket
import sys
import threading

peer = socket.socket(socket.AF_UNIX)
peer.connect(sys.argv[1])

def send():
    while data := os.read(0, 65536):
        peer.sendall(data)
    peer.shutdown(socket.SHUT_WR)

threading.Thread(target=send, daemon=True).start()
while data := peer.recv(65536):
    os.write(1, data)
EOS
cat >"$work/remote" <<'EOS'
cd "$1" || exit 99
printf '#!/bin/sh\nexec python3 %s %s\n' "$2" "$SEVHOST_SOCKET" >carry
chmod 755 carry
"$CVMDOM" host capture --connect "qemu+ext:///system?command=$1/carry" -o remote.xml >remote.out 2>remote.err
EOS
chmod 644 "$work/carry.py"
run "$srcdir/tests/sevhost/run" --daemon sh "$work/remote" "$work/live" "$work/carry.py"
if [ "$status" -eq 77 ]; then
    printf 'without a daemon: %s\n' "$(cat "$work/err")"
    finish
fi
cat remote.err
expect_status 0
check "the record is not valid by host.rng" xmllint --noout --relaxng "$srcdir/schemas/host.rng" remote.xml
check "files of this machine are recorded" test "$(value remote.xml 'count(/*/processor | /*/kernel | /*/firmware)')" -eq 0
check "SEV is not in the record" test "$(value remote.xml 'string(//domainCapabilities/features/sev/@supported)')" = yes
run "$CVMDOM" host check remote.xml
expect_status 1 # not known is not yes
expect_out '^  SEV +not known'
renders_for remote.xml --firmware-root /
finish
