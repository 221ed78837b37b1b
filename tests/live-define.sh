#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `cvmdom define` through the real libvirt on a pretended SEV host: with a daemon, where that can be had, and with the
# driver in the client.
. "${srcdir:?run this by make check}/tests/harness.sh"

# ---- below tests/sevhost/run ----

# A guest that TCG runs, with all that libvirt makes up: UUID, MAC address, NVRAM.
plain_profile()
{
    cat <<YAML
name: $1
virtType: qemu
launchSecurity: {type: none}
memory: 64MiB
vcpu: 1
os: {firmware: {loader: $2, nvramTemplate: $3}}
devices:
  interface: {type: user}
YAML
}

# define OPTION…: the profile at hand
define()
{
    run "$CVMDOM" define "$profile" --connect "$LIBVIRT_DEFAULT_URI" "$@"
}

dump()
{
    virsh --quiet dumpxml --inactive --security-info "$1"
}

# What libvirt has of guest is kept in $work/NAME.xml.
keep()
{
    dump guest >"$work/$1.xml"
}

expect_kept()
{
    keep now
    check "$2" cmp "$work/$1.xml" "$work/now.xml"
}

identity()
{
    grep -e '<uuid>' -e '<nvram' -e '<mac address' "$work/$1.xml"
}

defines()
{
    define --dry-run
    expect_status 0
    expect_out "^'guest': would be defined\$"
    check 'a dry run defines' test -z "$(virsh list --all --name)"

    define
    expect_status 0
    expect_out "^'guest': defined\$"
    keep first

    define
    expect_status 0
    expect_out "^'guest': unchanged\$"
    expect_kept first 'a definition that is there already is changed'
}

replaces()
{
    define --set memory=96MiB
    expect_status 1
    expect_out "^'guest': differs\$"
    expect_out '^  - /domain/memory: 64MiB$'
    expect_out '^  [+] /domain/memory: 96MiB$'
    expect_err '--replace'
    expect_kept first 'a domain that differs is changed without --replace'

    define --set memory=96MiB --replace --dry-run
    expect_status 0
    expect_out "^'guest': would be replaced\$"
    expect_kept first 'a dry run replaces'

    define --set memory=96MiB --set "os.firmware.loader=$1" --replace --dry-run
    expect_err 'keeps the variables'

    # the rules know better: --force
    define --set os.machine=pc-q35-99.0 --replace --force
    expect_status 1
    expect_err "does not support machine type 'pc-q35-99.0'"
    expect_err 'Cause: '
    expect_err 'nothing was changed'
    expect_silent out
    expect_kept first 'the old definition does not stand when the new one is refused'

    define --set memory=96MiB --replace
    expect_status 0
    expect_out "^'guest': replaced\$"
    keep second
    check 'it is not replaced' grep -q '<memory .*>98304<' "$work/second.xml"
    check 'UUID, NVRAM and MAC address' test "$(identity first)" = "$(identity second)"
    check 'there are three of these' test "$(identity first | wc -l)" -eq 3
}

# A name and a UUID belong together.
refuses_strangers()
{
    define --set uuid=6f7e8f0c-5f3f-4e55-8d3a-2f0b5b9a4f11 --set memory=96MiB --replace
    expect_status 1
    expect_err 'already exists with uuid'
    expect_kept second 'a domain of another UUID is replaced'
    define --set "uuid=$(virsh domuuid guest)" --set name=other
    expect_status 1
    expect_err 'already defined with uuid'
    check 'two domains of one UUID' test "$(virsh list --all --name | grep -c .)" -eq 1
}

starts()
{
    define --set memory=96MiB --start
    expect_status 0
    expect_out "^'guest': unchanged\$"
    expect_out "^'guest': started\$"
    check 'it does not run' test "$(virsh domstate guest | head -n 1)" = running

    define --set memory=96MiB --start
    expect_status 0
    expect_out "^'guest': runs already\$"
    define --set memory=96MiB --paused
    expect_status 1
    expect_err 'was not started --paused'

    virsh dumpxml guest >"$work/live.xml"
    define --replace --start
    expect_status 1
    expect_out "^'guest': differs and runs\$"
    expect_err 'virsh shutdown guest'
    expect_kept second 'the definition of a domain that runs is replaced'
    check 'a domain that runs is touched' test "$(virsh dumpxml guest)" = "$(cat "$work/live.xml")"
    virsh --quiet destroy guest
}

starts_paused()
{
    define --set memory=96MiB --paused
    expect_status 0
    expect_out "^'guest': started, paused\$"
    expect_err 'nothing to attest'
    expect_err 'virsh .*resume guest'
    check 'it is not paused' test "$(virsh domstate guest | head -n 1)" = paused
    define --set memory=96MiB --paused
    expect_status 0
    expect_out "^'guest': is paused already\$"
    virsh --quiet destroy guest
}

# The next start would bring the saved state back, and with it the old definition.
minds_saved_state()
{
    define --set memory=96MiB --start
    virsh --quiet managedsave guest >"$work/saved" 2>&1 || fail "managedsave: $(cat "$work/saved")"
    define --replace
    expect_status 1
    expect_err 'saved state'
    expect_kept second 'a domain with a saved state is replaced'
    virsh --quiet managedsave-remove guest
}

resets_nvram()
{
    nvram=$(sed -n 's/.*<nvram.*>\(.*\)<.*/\1/p' "$work/second.xml")
    size=$(wc -c <"$1")
    head -c "$size" /dev/zero >"$nvram"
    define --set memory=96MiB --paused
    virsh --quiet destroy guest
    check 'NVRAM is not kept' cmp -n "$size" "$nvram" /dev/zero
    define --set memory=96MiB --paused --reset-nvram
    expect_status 0
    virsh --quiet destroy guest
    check 'NVRAM is not begun anew' cmp "$nvram" "$1"
}

start_fails()
{
    define --set name=diskless --set "devices.disk={source: $work/none.qcow2}" --start
    expect_status 1
    expect_out "^'diskless': defined\$"
    expect_err 'none.qcow2'
    expect_err 'it stays defined'
    check 'it does not stay defined' test -n "$(virsh --quiet domuuid diskless)"
    virsh --quiet undefine --nvram diskless
}

minds_transient()
{
    # A transient guest of the same shape, started by somebody else.
    sed -e 's|<name>.*</name>|<name>fleeting</name>|' -e '/<uuid>/d' -e '/<mac /d' -e 's|>[^<]*guest_VARS.fd<|><|' \
        "$work/second.xml" >"$work/fleeting.xml"
    virsh --quiet create --paused "$work/fleeting.xml" || fail 'no transient domain'
    define --set name=fleeting --replace --start
    expect_status 1
    expect_out "^'fleeting': runs without being defined\$"
    expect_err 'transient'
    check 'a transient domain is defined' test "$(virsh dominfo fleeting | sed -n 's/^Persistent: *//p')" = no
    virsh --quiet destroy fleeting
}

# A confidential guest: as far as QEMU goes without the hardware.
confidential()
{
    profile=$work/$1.yaml
    cat >"$profile" <<YAML
name: $1
launchSecurity: {type: $1}
memory: 64MiB
vcpu: 1
os: {firmware: {loader: $2, nvramTemplate: $3}}
YAML
    # locking memory takes a right that a container's root lacks
    define --paused --force --set memory.locked=false
    expect_out "^'$1': defined\$"
    expect_out "^'$1': started, paused\$"
    check "$1: no $4 in the command line" grep -q "\"qom-type\":\"sev-guest\".*\"policy\":$4[,}]" "$SEVHOST_WORK/argv/$1"
    define --force --set memory.locked=false
    expect_status 0
    expect_out "^'$1': unchanged\$"
    # the embedded driver has taken it along already
    virsh --quiet destroy "$1" >"$work/out" 2>&1 || :
    virsh --quiet undefine --nvram "$1"
    profile=$work/guest.yaml
}

# read all, judge all, then do
judges_first()
{
    plain_profile fine "$@" >"$work/fine.yaml"
    plain_profile wrong "$@" | sed 's/64MiB/64/' >"$work/wrong.yaml"
    run "$CVMDOM" define "$work/fine.yaml" "$work/wrong.yaml" --connect "$LIBVIRT_DEFAULT_URI"
    expect_status 1
    expect_err "'wrong' is not defined"
    expect_err 'none of the domains is defined'
    run "$CVMDOM" define "$work/fine.yaml" "$work/fine.yaml" --connect "$LIBVIRT_DEFAULT_URI"
    expect_status 2
    expect_err 'two of the domains have this name'
    run "$CVMDOM" define "$work/second.xml" --connect "$LIBVIRT_DEFAULT_URI"
    expect_status 2
    expect_err 'is domain XML'
    check 'something is defined' test -z "$(virsh list --all --name | grep -e fine -e wrong)"
}

# Of some that come at once one defines, and the others find what it defined.
races()
{
    for i in 1 2 3 4 5 6; do
        "$CVMDOM" define "$profile" --connect "$LIBVIRT_DEFAULT_URI" --set name=race --set "memory=$((60 + i))MiB" \
            >"$work/race.$i" 2>&1 &
    done
    wait
    check 'not one of many defines' test "$(cat "$work"/race.? | grep -c "^'race': defined\$")" -eq 1
    check 'the others do not find that it differs' test "$(cat "$work"/race.? | grep -c "^'race': differs\$")" -eq 5
    winner=$(grep -l "^'race': defined\$" "$work"/race.?)
    check 'the first definition does not stand' \
        grep -q "<memory .*>$(((60 + ${winner##*.}) * 1024))<" "$(dump race >"$work/race.xml" && echo "$work/race.xml")"
    virsh --quiet undefine --nvram race
}

refuses_read_only()
{
    run "$CVMDOM" define "$profile" --set name=readonly --connect "qemu+unix:///system?socket=$SEVHOST_SOCKET_RO"
    expect_status 2
    expect_err 'read only'
    check 'a read-only connection defines' test -z "$(virsh list --all --name | grep readonly)"
}

# The guest of profiles/uefi-shell-tcg.yaml boots, with what was captured of this host, as far as its firmware's shell.
boots()
{
    run "$CVMDOM" define "$srcdir/profiles/uefi-shell-tcg.yaml" --connect "$LIBVIRT_DEFAULT_URI" --start
    expect_status 0
    expect_out "^'uefi-shell': started\$"
    run "$srcdir/tests/sevhost/boot" uefi-shell 120 'UEFI Interactive Shell' 'Shell>'
    expect_status 0
    virsh --quiet destroy uefi-shell
    run "$CVMDOM" define "$srcdir/profiles/uefi-shell-tcg.yaml" --connect "$LIBVIRT_DEFAULT_URI"
    expect_status 0
    expect_out "^'uefi-shell': unchanged\$"
    virsh --quiet undefine --nvram uefi-shell
}

# The driver in the client takes its guests along, and one client at a time has its folder.
inside_embed()
{
    defines
    replaces "${1%.fd}.secboot.fd"
    start_fails
    confidential sev "$1" "$2" 3
    confidential sev-es "$1" "$2" 7
}

inside_daemon()
{
    inside_embed "$@"
    refuses_strangers
    starts
    starts_paused
    minds_saved_state
    resets_nvram "$2"
    minds_transient
    judges_first "$@"
    races
    refuses_read_only
    boots
}

# inside embed|daemon CODE VARS
if [ "${1-}" = inside ]; then
    profile=$work/guest.yaml
    plain_profile guest "$3" "$4" >"$profile"
    "inside_$2" "$3" "$4"
    finish
fi

# ---- make check ----

need virsh python3
firmware=/usr/share/OVMF
[ -e "$firmware/OVMF_CODE_4M.fd" ] || skip "no $firmware/OVMF_CODE_4M.fd (Debian: ovmf)"
[ -x "$builddir/tests/virt-user" ] || skip "built without libvirt"

run "$CVMDOM" define "$srcdir/profiles/uefi-shell-tcg.yaml" --connect "qemu+unix:///system?socket=$work/none" --timeout 5
expect_status 2
expect_err "cannot connect to .*$work/none"
expect_silent out
run "$CVMDOM" define "$srcdir/profiles/uefi-shell-tcg.yaml" --connect test:///default --reset-nvram
expect_status 3
expect_err 'needs --start'
# libvirt's own pretended host, which forgets at the end
printf 'name: tiny\nvirtType: qemu\nlaunchSecurity: {type: none}\nmemory: 64MiB\nvcpu: 1\n' >"$work/tiny.yaml"
run "$CVMDOM" define "$work/tiny.yaml" --connect test:///default --start
expect_status 0
expect_out "^'tiny': defined\$"
expect_out "^'tiny': started\$"
run "$CVMDOM" define "$work/tiny.yaml" --connect test:///default --dry-run
expect_status 0
expect_err 'was not asked whether it takes it'

for with in daemon embed; do
    status=0
    "$srcdir/tests/sevhost/run" $([ "$with" = embed ] || echo --daemon) sh "$0" inside "$with" "$firmware/OVMF_CODE_4M.fd" \
        "$firmware/OVMF_VARS_4M.fd" || status=$?
    if [ "$status" -eq 77 ]; then
        printf 'not tested with: %s\n' "$with"
    else
        check "$with: see above" test "$status" -eq 0
    fi
done
finish
