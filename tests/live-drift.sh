#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `cvmdom drift` beside the real libvirt on a pretended SEV host: what the shipped profiles were defined as is no
# difference, nor is what they run as; and each thing that is changed by hand is one.
. "${srcdir:?run this by make check}/tests/harness.sh"

# ---- below tests/sevhost/run ----

# drift PROFILE OPTION…
drift()
{
    run "$CVMDOM" drift "$@" --connect "$LIBVIRT_DEFAULT_URI" --color never
}

define()
{
    run "$CVMDOM" define "$@" --force --connect "$LIBVIRT_DEFAULT_URI"
    expect_status 0
}

# changed NAME SED: the domain with its definition edited
changed()
{
    virsh --quiet dumpxml --inactive --security-info "$1" >"$work/before.xml"
    sed -e "$2" "$work/before.xml" >"$work/after.xml"
    check "'$2' changes nothing" test "$(cmp "$work/before.xml" "$work/after.xml" 2>&1)"
    virsh --quiet define "$work/after.xml" >"$work/out" 2>&1 || fail "'$2': $(cat "$work/out")"
}

restored()
{
    virsh --quiet define "$work/before.xml" >"$work/out" 2>&1 || fail "restored: $(cat "$work/out")"
}

# one NAME SED RULE PATTERN: that change of the domain of $profile is one finding
one()
{
    changed "$1" "$2"
    drift "$profile"
    expect_status 1
    expect_out "$4.* \[$3\]\$"
    check "'$2' is not one difference: $(cat "$work/out")" test "$(grep -c '\[CVM9' "$work/out")" -eq 1
    restored
}

shipped()
{
    for name in sev-minimal sev-es-minimal sev-database uefi-shell-tcg; do
        profile=$srcdir/profiles/$name.yaml
        drift "$profile"
        expect_status 1
        expect_out "yaml:[0-9]*:1: error: The domain is not defined: there is no '.*'\. \[CVM901\]"
        define "$profile"
        drift "$profile"
        expect_status 0
        expect_out '^no findings in 1 document$'
        expect_silent err
    done
}

changes()
{
    profile=$srcdir/profiles/sev-minimal.yaml
    one sev-minimal 's/<policy>0x0003</<policy>0x0001</' CVM903 \
        "yaml:[0-9:]*: error: /domain/launchSecurity/policy: the definition of '.*: sev-minimal' has '0x0001' instead of '0x0003'"
    one sev-minimal '/<locked\/>/d' CVM901 'error: /domain/memoryBacking'
    one sev-minimal "s/ dumpCore='off'/ dumpCore='on'/" CVM903 'error: /domain/memory/@dumpCore'
    # libvirt 11 adds what it knows of the image, and refuses another one that it knows otherwise
    one sev-minimal "s/ firmware='efi'//;/<firmware>/,/<\/firmware>/d;s/OVMF_CODE_4M.fd/OVMF_CODE_4M.snakeoil.fd/" CVM903 \
        'error: /domain/os/loader'
    one sev-minimal "s|<launchSecurity|<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:arg value='-s'/></qemu:commandline>&|" \
        CVM902 'error: /domain/qemu:commandline'
    one sev-minimal "s/>4194304</>3145728</" CVM903 "yaml:7:9: warning: /domain/memory: .* '3GiB' instead of '4GiB'"
    one sev-minimal "s/'static'>2</'static'>3</" CVM903 "yaml:8:7: warning: /domain/vcpu: .* '3' instead of '2'"
    one sev-minimal "s/type='qcow2'/& cache='unsafe'/" CVM902 'warning: /domain/devices/disk\[vda\]/driver/@cache'
    one sev-minimal 's/>restart</>destroy</' CVM902 'warning: /domain/on_reboot'
    one sev-minimal "s|<memballoon.*|&<disk type='file' device='disk'><source file='/x'/><target dev='vdb' bus='virtio'/></disk>|" \
        CVM902 'warning: /domain/devices/disk\[vdb\]'
    one sev-minimal "s|<rom enabled='no'/>||" CVM901 'warning: /domain/devices/interface/rom'
}

more_changes()
{
    profile=$srcdir/profiles/sev-database.yaml
    one payments-db 's/52:54:00:6b:3c:01/52:54:00:6b:3c:02/' CVM903 'warning: /domain/devices/interface.*mac'
    one payments-db "s/ io='native'//" CVM901 'warning: /domain/devices/disk\[vdb\]/driver/@io'
    one payments-db '/<hugepages>/,/<\/hugepages>/d' CVM901 'error: /domain/memoryBacking/hugepages'
}

controls()
{
    profile=$work/db.yaml
    sed 's/^memory:.*/memory: 4GiB # cvmdom: ignore=CVM903: it is being tried with more/' "$srcdir/profiles/sev-minimal.yaml" \
        >"$profile"
    changed sev-minimal 's/>4194304</>3145728</'
    drift "$profile"
    expect_status 0
    drift "$profile" --no-suppressions
    expect_status 1
    drift "$profile" --no-suppressions --fail-on error
    expect_status 0
    expect_out 'CVM903'
    drift "$profile" --no-suppressions --ignore CVM903
    expect_status 0
    expect_out '^no findings'
    drift "$profile" --no-suppressions --set-severity CVM9=error --fail-on error
    expect_status 1
    drift "$profile" --no-suppressions --set memory=3GiB
    expect_status 0
    # lint does not call the comment unused, since it cannot know
    run "$CVMDOM" lint "$profile"
    expect_status 0
    for format in json sarif junit github; do
        drift "$profile" --no-suppressions --format "$format" --output "text=$work/report"
        expect_status 1
        expect_out 'CVM903'
        check "no text beside $format" grep -q 'CVM903' "$work/report"
    done

    # the same without a connection
    virsh --quiet dumpxml --inactive --security-info sev-minimal >"$work/saved.xml"
    "$CVMDOM" host capture --connect "$LIBVIRT_DEFAULT_URI" -o "$work/host.xml" || fail 'no capture'
    run "$CVMDOM" drift "$profile" --no-suppressions --against "$work/saved.xml" --host "$work/host.xml"
    expect_status 1
    expect_out 'warning: /domain/memory: .*saved.xml.* \[CVM903\]'
    restored
    run "$CVMDOM" drift "$profile" --against "$work/before.xml" --host "$work/host.xml"
    expect_status 0
    printf 'name: db\nlaunchSecurity: {type: sev, polcy: 3}\nmemory: 1GiB\nvcpu: 1\n' >"$work/wrong.yaml"
    drift "$work/wrong.yaml"
    expect_status 1
    expect_out 'polcy.* \[CVM101\]'
}

# What a domain runs as, and what it will start as.
running()
{
    profile=$srcdir/profiles/uefi-shell-tcg.yaml
    virsh --quiet start uefi-shell || fail 'it does not start'
    drift "$profile"
    expect_status 0
    expect_out '^no findings in 1 document$'
    changed uefi-shell 's/>524288</>262144</'
    drift "$profile"
    expect_status 1
    expect_out "/domain/memory: the definition of '.*: uefi-shell' has '256MiB' instead of '512MiB'"
    virsh --quiet destroy uefi-shell
    virsh --quiet start uefi-shell
    drift "$profile"
    expect_status 1
    expect_out "/domain/memory: '.*: uefi-shell' has '256MiB' instead of '512MiB', as it is defined and as it runs"
    check 'both are one' test "$(grep -c '\[CVM9' "$work/out")" -eq 1
    restored
    drift "$profile"
    expect_status 1
    expect_out "/domain/memory: '.*: uefi-shell' runs with '256MiB' instead of '512MiB'"
    check 'both are one' test "$(grep -c '\[CVM9' "$work/out")" -eq 1
    virsh --quiet dumpxml --security-info uefi-shell >"$work/live.xml"
    run "$CVMDOM" drift "$profile" --against "$work/live.xml" --host "$work/host.xml"
    expect_status 1
    expect_out "/domain/memory: '.*live.xml' runs with '256MiB'"
    virsh --quiet destroy uefi-shell
}

# Where no daemon can be had, at least this: each client probes the emulator again, which takes its time.
inside_embed()
{
    shipped
    more_changes
}

inside_daemon()
{
    inside_embed
    changes
    controls
    running
    # libvirt tells such a connection neither passwords nor domain capabilities
    run "$CVMDOM" drift "$srcdir/profiles/sev-minimal.yaml" --connect "qemu+unix:///system?socket=$SEVHOST_SOCKET_RO"
    expect_status 2
    expect_err 'read only access prevents'
}

if [ "${1-}" = inside ]; then
    "inside_$2"
    finish
fi

# ---- make check ----

need virsh python3
[ -e /usr/share/OVMF/OVMF_CODE_4M.fd ] || skip 'no /usr/share/OVMF/OVMF_CODE_4M.fd (Debian: ovmf)'
case $(virsh --version) in
9.* | 11.*) ;;
*) skip "what libvirt $(virsh --version) adds is not known" ;;
esac

profile=$srcdir/profiles/sev-minimal.yaml
run "$CVMDOM" drift "$profile" --connect "qemu+unix:///system?socket=$work/none" --timeout 5
expect_status 2
expect_err "cannot connect to .*$work/none"
run "$CVMDOM" drift "$profile" --connect test:///default --against x.xml
expect_status 3
run "$CVMDOM" drift "$profile" --connect test:///default --host epyc-rome-sev
expect_status 3
run "$CVMDOM" drift "$profile" "$profile" --against x.xml
expect_status 3
run "$CVMDOM" drift "$profile" --against "$work/none.xml" --host epyc-rome-sev
expect_status 2
printf '<network/>' >"$work/network.xml"
run "$CVMDOM" drift "$profile" --against "$work/network.xml" --host epyc-rome-sev
expect_status 2
expect_err "network.xml:1:1: error: '<network>' is no domain"

for with in daemon embed; do
    status=0
    "$srcdir/tests/sevhost/run" $([ "$with" = embed ] || echo --daemon) sh "$0" inside "$with" || status=$?
    if [ "$status" -eq 77 ]; then
        printf 'not tested with: %s\n' "$with"
    else
        check "$with: see above" test "$status" -eq 0
    fi
done
finish
