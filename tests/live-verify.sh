#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `cvmdom verify --connect` of guests that a real libvirt started paused on a pretended SEV host, and beside it
# virt-qemu-sev-validate of the same guests. What the firmware answers is played by tests/sevhost/launched.py.
. "${srcdir:?run this by make check}/tests/harness.sh"
. "$srcdir/tests/peer.sh"

# ---- below tests/sevhost/run ----

# profile TYPE POLICY NAME
profile()
{
    cat <<YAML
name: $3
launchSecurity: {type: $1, policy: $2}
memory: 64MiB
vcpu: 2
cpu: EPYC-Rome
os: {firmware: {loader: $firmware, type: rom, stateless: true}}
YAML
}

# start NAME OPTION…: paused, with a session that nobody looks into here
start()
{
    guest=$1
    shift
    # locking memory takes a right that a container's root lacks
    run "$CVMDOM" define "$work/$guest.yaml" --connect "$LIBVIRT_DEFAULT_URI" --paused --force \
        --set memory.locked=false "$@"
    check "'$guest' is not paused: $(cat "$work/err")" test "$(virsh domstate "$guest" | head -n 1)" = paused
}

end()
{
    virsh --quiet destroy "$1" >"$work/out" 2>&1 || :
}

session_keys()
{
    printf 'launchSecurity.dhCert=%s\n' "$(head -c 2084 /dev/zero | base64 -w0)"
    printf 'launchSecurity.session=%s\n' "$(head -c 128 /dev/zero | base64 -w0)"
}

# What the firmware measured: this digest, with the session's key.
measured()
{
    printf %s "$2" >"$SEVHOST_WORK/launch/$1.digest"
    cp "$work/tik" "$SEVHOST_WORK/launch/$1.tik"
}

digest_of()
{
    "$CVMDOM" measure "$@" 2>/dev/null
}

ours()
{
    run "$CVMDOM" verify "$work/$guest.yaml" --connect "$LIBVIRT_DEFAULT_URI" --tk "$work/tk" "$@"
}

# Only where it has what it needs for a live domain.
theirs()
{
    [ "$has_lxml" = yes ] || return
    expected=$1
    shift
    # shellcheck disable=SC2086
    run peer --connect "$LIBVIRT_DEFAULT_URI" --tk "$work/tk" --firmware "$firmware" $sku "$@"
    expect_status "$expected"
}

# both STATUS OPTION…
both()
{
    wanted=$1
    shift
    ours "$@"
    expect_status "$wanted"
    theirs "$wanted" --domain "$guest" "$@"
}

matches()
{
    measured "$guest" "$(digest_of "$work/$guest.yaml")"
    # who runs it on the host itself is told so
    both 3
    both 0 --insecure
    ours --insecure
    expect_out "^'$guest': OK: "
    expect_out '^  SEV firmware  *1[.]55, build 21$'
    expect_err 'warning: .*host that the guest runs on'
    # what is given is not asked for
    both 1 --insecure --build-id 22
    both 1 --insecure --measurement "$(head -c 48 /dev/zero | base64 -w0)"
}

differs()
{
    measured "$guest" "$(digest_of "$work/$guest.yaml" "$@")"
    both 1 --insecure
    expect_discreet
}

expect_discreet()
{
    ours --insecure
    expect_out "^'$guest': NOT VERIFIED: "
    check 'a key is printed' sh -c '! grep -qe "integrity key" "$1" "$2"' sh "$work/out" "$work/err"
}

remote()
{
    # through a program, as through ssh: that the host is this one, only libvirt could tell
    printf '#!/bin/sh\nexec python3 "%s/pipe.py" "%s"\n' "$work" "$SEVHOST_SOCKET" >"$work/transport"
    chmod 755 "$work/transport"
    cat >"$work/pipe.py" <<'PY'
import os, select, socket, sys
end = socket.socket(socket.AF_UNIX)
end.connect(sys.argv[1])
while True:
    for ready in select.select([0, end], [], [])[0]:
        data = os.read(ready if ready == 0 else end.fileno(), 65536)
        if not data:
            sys.exit()
        (end.sendall if ready == 0 else sys.stdout.buffer.raw.write)(data)
PY
    run "$CVMDOM" verify "$work/$guest.yaml" --connect "qemu+ext:///system?command=$work/transport" --tk "$work/tk" "$@"
}

inside()
{
    firmware=$work/firmware.fd
    python3 "$srcdir/tests/tools/make_ovmf.py" "$firmware" --like amdsev --size 0x20000
    python3 "$srcdir/tests/tools/make_ovmf.py" "$work/other.fd" --like amdsev --size 0x30000
    printf 'encryption keys.integrity key 16' >"$work/tk"
    printf 'integrity key 16' >"$work/tik"
    # QEMU reads the image as another user
    chmod 755 "$work"
    mkdir -p "$SEVHOST_WORK/launch"
    profile sev 0x3 plain >"$work/plain.yaml"
    profile sev-es 0x7 es >"$work/es.yaml"
    sku='--num-cpus 2 --cpu-family 23 --cpu-model 49 --cpu-stepping 0'
}

verifies_sev()
{
    start plain --set "$dh_cert" --set "$session"
    matches
    differs --firmware "$work/other.fd"
    ours --insecure --try-firmware "$work/other.fd"
    expect_status 1
    expect_out 'other.fd'
    remote
    expect_status 1
    measured plain "$(digest_of "$work/plain.yaml")"
    remote
    expect_status 0
    # too late for a secret
    virsh --quiet resume plain
    remote
    expect_status 5
    expect_err 'runs already'
    both 0 --insecure
    end plain
    both 5 --insecure
    expect_err 'not run|must be running'
    ours --insecure --domain nobody
    expect_status 6
    theirs 6 --insecure --domain nobody
    virsh --quiet undefine --nvram plain
}

verifies_sev_es()
{
    start es --set "$dh_cert" --set "$session"
    matches
    differs --vcpus 3
    ours --insecure
    expect_out '3 vCPUs instead of 2'
    differs --vmsa fpu
    # the document's policy counts, not the one that the host reports
    ours --insecure --set launchSecurity.policy=0x5
    expect_status 1
    expect_err 'reports the policy 0x7'
    end es
}

# Without the owner's session, and no SEV guest at all.
refuses_others()
{
    start plain
    measured plain "$(digest_of "$work/plain.yaml")"
    both 4 --insecure
    both 0 --insecure --ignore-config
    end plain
    cat >"$work/none.yaml" <<YAML
name: none
virtType: qemu
launchSecurity: {type: none}
memory: 64MiB
vcpu: 2
os: {firmware: {loader: $firmware, type: rom, stateless: true}}
YAML
    start none
    guest=plain
    ours --insecure --domain none
    expect_status 4
    theirs 4 --insecure --domain none
    end none
}

if [ "${1-}" = inside ]; then
    has_lxml=no
    command -v virt-qemu-sev-validate >/dev/null && find_peer
    [ "$has_lxml" = yes ] || echo 'not beside virt-qemu-sev-validate, which is missing, or Python has no lxml for it'
    inside
    dh_cert=$(session_keys | sed -n 1p)
    session=$(session_keys | sed -n 2p)
    verifies_sev
    verifies_sev_es
    refuses_others
    finish
fi

# ---- make check ----

need virsh python3
[ -x "$builddir/tests/virt-user" ] || skip "built without libvirt"
run "$srcdir/tests/sevhost/run" --daemon sh "$0" inside
[ "$status" -ne 77 ] || skip "$(cat "$work/err" "$work/out")"
cat "$work/out" "$work/err"
check 'see above' test "$status" -eq 0
finish
