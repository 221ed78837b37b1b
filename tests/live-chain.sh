#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The way of a profile to a running guest, on a host that nobody recorded before and with a real libvirt: host capture, render
# for that record, define, dumpxml, lint, drift, start. Once by libvirt's daemon and once by its embedded driver, for every
# kind of guest that the installed libvirt and QEMU know. The guests run without being encrypted (tests/sevhost); what libvirt
# made of them for QEMU is looked at.
if [ -z "${SEVHOST_WORK-}" ]; then
    . "${srcdir:?run this by make check}/tests/harness.sh"
    need virsh xmllint python3
    ran=0
    for driver in --daemon ''; do
        status=0
        # shellcheck disable=SC2086 # one word or none
        "$srcdir/tests/sevhost/run" $driver "${SHELL:-/bin/sh}" "$0" || status=$?
        [ "$status" -eq 77 ] || ran=$((ran + 1))
        check "${driver:-embedded driver}: exit status $status" test "$status" -eq 0 -o "$status" -eq 77
    done
    [ "$ran" -gt 0 ] || skip 'see above'
    finish
fi
. "$srcdir/tests/harness.sh"

[ -x "$CVMDOM" ] || skip "this user may not run $CVMDOM"
grep -q '^flags.* sev sev_es sev_snp$' /proc/cpuinfo || skip 'without namespaces, files tell of this machine and not of the pretended one'
uri=$LIBVIRT_DEFAULT_URI
driver='the embedded driver'
[ -z "${SEVHOST_DAEMON-}" ] || driver=$SEVHOST_DAEMON
cd "$work" || exit 99

# What a guest needs to run: an empty disk, and a kernel, of which QEMU sees the header (Linux, boot protocol 2.12) and the
# firmware nothing, as it is stopped before.
truncate -s 16M disk.img
python3 - <<'EOF'
image = bytearray(1 << 16)
image[0x1f1] = 4  # sectors of set-up code
image[0x1fe:0x200] = b"\x55\xaa"
image[0x202:0x206] = b"HdrS"
image[0x206:0x208] = b"\x0c\x02"
image[0x211] = 1  # is loaded high
with open("vmlinuz", "wb") as file:
    file.write(image)
EOF

# libvirt raises the limit of locked memory before it starts QEMU, and a container's root may not do that.
if python3 -c 'import resource; resource.setrlimit(resource.RLIMIT_MEMLOCK, (1 << 53, 1 << 53))' 2>rlimit.log; then
    may_lock=yes
else
    may_lock=
    printf 'guests are started without locked memory: this machine does not let us raise its limit\n'
fi

# cvmdom ARGUMENT…: exits with 0, or the command's words are shown; they are in out and err.
cvmdom()
{
    run "$CVMDOM" "$@"
    expect_status 0
}

value()
{
    xmllint --xpath "string($2)" "$1"
}

# --- the record ---

# The first one makes libvirt probe QEMU, of which the second one knows the time.
cvmdom host capture --connect "$uri"
cvmdom host capture --connect "$uri" -o record.xml
check 'the record is not as its schema has it' xmllint --noout --relaxng "$srcdir/schemas/host.rng" record.xml
cvmdom host capture --connect "$uri" -o again.xml --name record
check "another record differs: $(diff record.xml again.xml)" cmp record.xml again.xml
[ "$failed" -eq 0 ] || finish

# --- the steps ---

# As it would be done with a profile of one's own: what is defined is what was rendered for the record, and nothing is found.
define()
{
    name=$1 profile=$2
    cvmdom render "$profile" --host record.xml -o "$name.xml"
    cvmdom define "$profile" --connect "$uri"
    expect_out "^'$name': defined$"
    virsh dumpxml --inactive "$name" >"$name.dumped"
    check "$name: libvirt drops something" "$srcdir/tests/sevhost/kept.py" "$name.xml" "$name.dumped"
    cvmdom lint "$name.dumped" --host record.xml
    cvmdom drift "$profile" --connect "$uri"
    check "$name: drift: $(cat out)" test "$(grep -c 'CVM9' out)" -eq 0
    cvmdom define "$profile" --connect "$uri"
    expect_out "^'$name': unchanged$"
}

# The same guest with a disk and a network that are there, started.
start()
{
    name=$1 profile=$2
    sed -e "s|^  disk: .*|  disk: {source: $work/disk.img, format: raw}|" -e 's|^  interface: .*|  interface: {type: user}|' \
        "$profile" >"$name.yaml"
    shift 2
    [ -n "$may_lock" ] || set -- "$@" --set memory.locked=false --force
    cvmdom define "$name.yaml" --connect "$uri" --replace --start "$@"
    expect_out "^'$name': started$"
}

# in_argv WHAT PATTERN: the command line by which libvirt started $name has such an argument.
in_argv()
{
    check "$name: no $1 in the command line ($2)" grep -Eq -e "$2" "$SEVHOST_WORK/argv/$name"
}

launch_in_argv()
{
    policy=$(($(value "$name.xml" /domain/launchSecurity/policy)))
    in_argv 'SEV object' "\"qom-type\":\"$1\",\"id\":\"lsec0\",\"cbitpos\":51,\"reduced-phys-bits\":1.*\"policy\":${policy}[,}]"
    in_argv 'encrypted machine' '[,]confidential-guest-support=lsec0'
}

end()
{
    # a short-lived client of the embedded driver may have ended it already
    virsh --quiet destroy "$name" >destroy.log 2>&1 || [ -z "${SEVHOST_DAEMON-}" ] || fail "$name: $(cat destroy.log)"
    virsh --quiet undefine --nvram "$name" || fail "$name cannot be undefined"
}

# The profile's name, its guest in QEMU's words, and a pattern of the firmware's arguments.
chain()
{
    before=$failed
    define "$1" "$srcdir/profiles/$1.yaml"
    start "$1" "$srcdir/profiles/$1.yaml"
    launch_in_argv "$2"
    in_argv 'firmware' "$3"
    # KVM pins the memory of these itself, which libvirt has to allow; that of SEV-SNP it does not
    [ -z "$may_lock" ] || [ "$2" = sev-snp-guest ] || in_argv 'locked memory' '^mem-lock=on$'
    end
    [ "$failed" -eq "$before" ] && printf '%s by %s: started\n' "$1" "$driver"
}

# --- the guests ---

chain sev-minimal sev-guest 'pflash0=libvirt-pflash0-format'
chain sev-es-minimal sev-guest 'pflash0=libvirt-pflash0-format'

# The firmware measures what it boots.
start sev-minimal "$srcdir/profiles/sev-minimal.yaml" --set "os.kernel=$work/vmlinuz" --set launchSecurity.kernelHashes=true
in_argv 'kernel hashes' '"qom-type":"sev-guest".*"kernel-hashes":true'
in_argv 'kernel' '^-kernel$'
end

# libvirt 10.5 enumerates the types that it and QEMU know.
if virsh domcapabilities --machine q35 --virttype kvm | grep -q '<value>sev-snp</value>'; then
    chain snp-minimal sev-snp-guest '^-bios$'
else
    printf 'snp-minimal by %s: skipped, libvirt %s with QEMU %s knows no SEV-SNP\n' "$driver" "$(virsh --version)" \
        "$("$SEVHOST_EMULATOR" --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p')"
fi

# Without encryption and KVM, the same steps for a guest that is really started.
define uefi-shell "$srcdir/profiles/uefi-shell-tcg.yaml"
cvmdom define "$srcdir/profiles/uefi-shell-tcg.yaml" --connect "$uri" --start
expect_out "^'uefi-shell': started$"
in_argv 'TCG' '^tcg$'
check 'uefi-shell: an encrypted machine' test -z "$(grep confidential-guest-support "$SEVHOST_WORK/argv/uefi-shell")"
end
printf 'uefi-shell by %s: started\n' "$driver"
finish
