#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# tests/sevhost/run itself: libvirt sees an SEV host below it, a plain KVM host with --no-sev, the same by a daemon with
# --daemon, and nothing is left behind.
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

is_sev_host()
{
    check 'no SEV' grep -q "<sev supported='yes'>" "$work/capabilities"
    check 'not the C-bit of the pretended host' grep -q '<cbitpos>51</cbitpos>' "$work/capabilities"
    check 'EPYC-Rome is not usable' grep -q "<model usable='yes' vendor='AMD'[^>]*>EPYC-Rome<" "$work/capabilities"
    # libvirt 10.5 and QEMU 9.1 brought SNP, and libvirt the enumeration
    if grep -q '<launchSecurity' "$work/capabilities"; then
        check 'no SNP' grep -q '<value>sev-snp</value>' "$work/capabilities"
    fi
}

cat >"$work/started.xml" <<'EOF'
<domain type='kvm'>
  <name>started</name>
  <memory unit='MiB'>64</memory>
  <os><type machine='q35'>hvm</type></os>
  <launchSecurity type='sev'><cbitpos>51</cbitpos><reducedPhysBits>1</reducedPhysBits><policy>0x3</policy></launchSecurity>
</domain>
EOF
cat >"$work/start" <<'EOF'
# one client: the embedded driver takes its guests along
virsh --quiet "create --paused $work/started.xml; domstate started; destroy started" &&
    cat "$SEVHOST_WORK/argv/started"
EOF

# A guest's launch as libvirt tells of it, from a digest and a key that are chosen; and a secret whose MAC holds or not.
cat >"$work/packet.py" <<'EOF'
import base64, hmac, os, struct, sys
mac = lambda message: hmac.digest(b"integrity key 16", message, "sha256")
digest, nonce, iv, secret = os.urandom(32), os.urandom(16), os.urandom(16), os.urandom(32)
measured = mac(bytes((4, 1, 55, 21)) + struct.pack("<I", 3) + digest + nonce)
header = bytes(4) + iv
good = header + mac(b"\1" + header + struct.pack("<II", 32, 32) + secret + measured)
base64s = {"reported": measured + nonce, "secret": secret, "good": good, "bad": header + bytes(32)}
files = {name: base64.b64encode(data) for name, data in base64s.items()}
files.update({"started.digest": digest.hex().encode(), "started.nonce": nonce, "started.tik": b"integrity key 16", "firmware": bytes(65536)})
for name, data in files.items():
    with open("%s/%s" % (sys.argv[1], name), "wb") as file:
        file.write(data)
EOF
cat >"$work/launch" <<'EOF'
launch=$SEVHOST_WORK/launch
python3 "$work/packet.py" "$launch"
sed "s|</os>|<loader readonly='yes' type='rom'>$launch/firmware</loader></os>|" "$work/started.xml" >"$launch/xml"
set="domsetlaunchsecstate started --secret $launch/secret"
virsh --quiet "create --paused $launch/xml; domlaunchsecinfo started; $set --secrethdr $launch/good;
    $set --secrethdr $launch/bad --set-address 65536; $set --secrethdr $launch/good --set-address 65536; resume started;
    $set --secrethdr $launch/good --set-address 65536; qemu-monitor-command started '{\"execute\":\"query-sev\"}'; destroy started"
grep -o '"gpa.*' "$launch/started.injected"
printf 'reported: %s\n' "$(cat "$launch/reported")"
EOF

tells_of_launch()
{
    run "$srcdir/tests/sevhost/run" "$@" sh "$work/launch"
    expect_status 0
    expect_out '^sev-api-major *: 1$'
    expect_out '^sev-policy *: 3$'
    expect_out "^sev-measurement: $(sed -n 's/^reported: //p' "$work/out" | sed 's/+/\\+/g')\$"
    expect_err 'no secret area found in OVMF'
    expect_err "fw_error=11 'Bad measurement'"
    expect_err 'domain must be in a paused state'
    expect_out '"state": ?"running"'
    check 'not the packets that arrived' test "$(grep gpa "$work/out")" = '"gpa": 65536, "accepted": false}
"gpa": 65536, "accepted": true}'
}

# With the given options a guest runs, and the command line is kept as libvirt wrote it.
starts_guest()
{
    run "$srcdir/tests/sevhost/run" "$@" sh "$work/start"
    expect_status 0
    expect_out '^paused$'
    expect_out '"qom-type":"sev-guest","id":"lsec0","cbitpos":51,"reduced-phys-bits":1,"policy":3[,}]'
    expect_out 'confidential-guest-support=lsec0'
}

chmod 755 "$work"
export work
capabilities
is_sev_host
starts_guest
tells_of_launch
capabilities --no-sev
check 'SEV in spite of --no-sev' grep -q "<sev supported='no'/>" "$work/capabilities"

# A daemon may be missing where the embedded driver is not, and takes more rights.
cat >"$work/daemon" <<'EOF'
set -e
readlink "/proc/$SEVHOST_DAEMON_PID/exe"
test -S "$SEVHOST_SOCKET"
test -S "$SEVHOST_SOCKET_RO"
virsh uri
kill -9 "$SEVHOST_DAEMON_PID"
! virsh list >&2 || exit 9
"$SEVHOST_DAEMON" --daemon
virsh list
EOF
run "$run" --daemon sh "$work/daemon"
if [ "$status" -eq 77 ]; then
    printf 'without a daemon: %s\n' "$(cat "$work/err")"
else
    expect_status 0
    expect_out '^/.*/(libvirtd|virtqemud)$'
    expect_out '^qemu:///system$'
    capabilities --daemon
    is_sev_host
    starts_guest --daemon
    tells_of_launch --daemon
    capabilities --daemon --no-sev
    check 'SEV in spite of --daemon --no-sev' grep -q "<sev supported='no'/>" "$work/capabilities"
fi

# What files tell, where there are namespaces for it.
run "$run" sh -c 'mount | grep -q " /proc/cpuinfo " || exit 77
    grep -c "^flags.* sev sev_es sev_snp$" /proc/cpuinfo && cat /sys/module/kvm_amd/parameters/sev_es /sys/fs/cgroup/misc.capacity'
if [ "$status" -ne 77 ]; then
    expect_status 0
    expect_out '^Y$'
    expect_out '^sev_es 99$'
fi

status=0
"$run" sh -c 'exit 5' || status=$?
check "the command's exit status 5 comes out as $status" test "$status" -eq 5
check 'a work folder is left' test -z "$(find "$work" -name 'sevhost.*')"
finish
