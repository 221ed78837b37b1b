#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The real libvirt, on a pretended SEV host, takes what every shipped profile renders to, keeps all of it, and builds
# the QEMU command line that was meant.
. "${srcdir:?run this by make check}/tests/harness.sh"
. "$srcdir/tests/sevhost/shipped.sh"

need virsh xmllint python3
# The bundled hosts that an installed libvirt and its QEMU can stand for.
version=$(virsh --version)
case $version in
9.*) hosts='epyc-rome-sev' ;;
11.*) hosts='epyc-rome-sev epyc-genoa-snp' ;;
*) skip "no bundled host has libvirt $version" ;;
esac

chmod 755 "$work"
mkdir -m 777 "$work/xml"
for host in $hosts; do
    render_shipped "$host" "$work/xml"
done

# render_signed HOST: a guest with an ID block that render signs
render_signed()
{
    for key in id author; do
        openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out "$work/$key.pem" 2>/dev/null || return 1
    done
    python3 "$srcdir/tests/tools/make_ovmf.py" "$work/amdsev.fd" --like amdsev &&
        "$CVMDOM" render "$srcdir/profiles/snp-minimal.yaml" --host "$1" --set name=id-block \
            --set "os.firmware={loader: $work/amdsev.fd}" --id-key "$work/id.pem" --author-key "$work/author.pem" \
            -o "$work/xml/id-block.$1.xml" 2>"$work/stderr"
}
case $hosts in
*-snp*)
    if command -v openssl >/dev/null; then
        render_signed epyc-genoa-snp || fail "no guest with an ID block: $(cat "$work/stderr")"
    fi
    ;;
esac
[ "$failed" -eq 0 ] || finish

cp "$srcdir/tests/sevhost/define-all" "$work"
status=0
"$srcdir/tests/sevhost/run" "$work/define-all" "$work/xml" || status=$?
[ "$status" -ne 77 ] || skip 'see above'
[ "$status" -eq 0 ] || fail "tests/sevhost/run exits $status"

value()
{
    xmllint --xpath "$2" "$1"
}

# in_argv WHAT PATTERN: the command line of $base has it
in_argv()
{
    check "$name: no $1 in the command line ($2)" grep -q -e "$2" "$base.argv"
}

not_in_argv()
{
    if grep -q -e "$2" "$base.argv"; then fail "$name: $1 in the command line ($2)"; else pass; fi
}

check_launch()
{
    policy=$(($(value "$1" 'string(/domain/launchSecurity/policy)')))
    cbitpos=$(value "$1" 'string(/domain/launchSecurity/cbitpos)')
    in_argv 'SEV object' \
        "\"qom-type\":\"$2\",\"id\":\"lsec0\",\"cbitpos\":$cbitpos,\"reduced-phys-bits\":1.*\"policy\":${policy}[,}]"
    in_argv 'encrypted machine' 'confidential-guest-support=lsec0'
}

check_id_block()
{
    block=$(value "$1" 'string(/domain/launchSecurity/idBlock)')
    if [ -n "$block" ]; then
        in_argv 'ID block' "\"id-block\":\"$block\""
        in_argv 'ID authentication' "\"id-auth\":\"$(value "$1" 'string(/domain/launchSecurity/idAuth)')\""
        in_argv 'author key' '"author-key-enabled":true'
    fi
}

# Nothing of NICs is looked at: domxml-to-native makes each a plain tap before it builds the command line.
check_argv()
{
    xml=$base.xml
    case $(value "$xml" 'string(/domain/launchSecurity/@type)') in
    sev) check_launch "$xml" sev-guest ;;
    sev-snp)
        check_launch "$xml" sev-snp-guest
        check_id_block "$xml"
        in_argv 'ROM firmware' '-bios'
        not_in_argv pflash 'pflash'
        ;;
    '') not_in_argv 'encrypted machine' 'confidential-guest-support' ;;
    esac
    if [ "$(value "$xml" 'count(/domain/memoryBacking/locked)')" -gt 0 ]; then
        in_argv 'locked memory' 'mem-lock=on'
    fi
    if [ "$(value "$xml" 'count(/domain/memoryBacking/hugepages)')" -gt 0 ]; then
        in_argv 'huge pages' '"mem-path":".*hugepages-'
    fi
}

for xml in "$work"/xml/*.xml; do
    base=${xml%.xml}
    name=$(basename "$base")
    step=$(cat "$base.status")
    case $step in
    refused)
        fail "$name: libvirt refuses it"
        cat "$base.define"
        continue
        ;;
    defined)
        # what a container cannot be given; tests/sevhost/run says where
        if grep -q -e 'hugetlbfs filesystem is not mounted' -e 'NUMA node .* is unavailable' \
            -e 'Unable to get NUMA node' "$base.argv"; then
            step='defined, but this machine is too small for the command line'
        else
            fail "$name: libvirt builds no command line"
        fi
        cat "$base.argv"
        ;;
    native)
        pass
        check_argv
        ;;
    esac
    check "$name: libvirt drops something" "$srcdir/tests/sevhost/kept.py" "$xml" "$base.dumpxml"
    printf '%s: %s\n' "$name" "$step"
done

# The pretended host is no rubber stamp: where QEMU reports no SEV, the same domain is refused.
mkdir -m 777 "$work/nosev"
for xml in $(grep -l '<launchSecurity' "$work"/xml/*.xml | head -n 1); do
    cp "$xml" "$work/nosev/guest.xml"
    "$srcdir/tests/sevhost/run" --no-sev "$work/define-all" "$work/nosev"
    check 'a host without SEV takes a SEV guest' grep -q 'launch security is not supported' "$work/nosev/guest.define"
done
[ -e "$work/nosev/guest.xml" ] || fail 'no confidential guest was rendered'
finish
