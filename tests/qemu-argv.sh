#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The QEMU command line that is rendered of every shipped profile, and of tests/qemu-argv/, is the one that the installed libvirt
# builds of the same profile's XML on a pretended SEV host: the same devices at the same addresses. What is to differ is the
# table of tests/tools/compare_argv.py; all of it occurs here, and docs/cvmdom-qemu.7 has all of it.
. "${srcdir:?run this by make check}/tests/harness.sh"
. "$srcdir/tests/sevhost/shipped.sh"
CVMDOM_DATA_DIR=${CVMDOM_DATA_DIR-$srcdir/profiles}
export CVMDOM_DATA_DIR

need virsh xmllint python3
compare=$srcdir/tests/tools/compare_argv.py
version=$(virsh --version)
version=${version%%.*}
case $version in
9) hosts='epyc-rome-sev' ;;
11) hosts='epyc-rome-sev epyc-genoa-snp' ;;
*) skip "no bundled host has libvirt $(virsh --version)" ;;
esac

chmod 755 "$work"
mkdir -m 777 "$work/xml" "$work/start"
: >"$work/used"
complete=yes

# Stands for virtiofsd where libvirt asks what it can do.
printf '#!/bin/sh\necho '\''{"type": "fs"}'\''\n' >"$work/virtiofsd"
chmod 755 "$work/virtiofsd"

# render_own HOST: tests/qemu-argv/ as XML; --force, since some of it libvirt takes and a guest could not use
render_own()
{
    for profile in "$srcdir"/tests/qemu-argv/*.yaml; do
        name=$(basename "$profile" .yaml)
        [ "$name" != since-11 ] || [ "$version" -ge 11 ] || continue
        [ "$name" != started ] || continue
        "$CVMDOM" render --force "$profile" --host "$1" -o "$work/xml/$name.$1.xml" 2>"$work/stderr" ||
            fail "$name: $(cat "$work/stderr")"
        sed -i "s|<driver type='virtiofs'[^>]*/>|&<binary path='$work/virtiofsd'/>|" "$work/xml/$name.$1.xml"
        "$CVMDOM" render --force --to qemu --args0 "$profile" --host "$1" >"$work/xml/$name.$1.args0" 2>"$work/stderr" ||
            fail "$name: $(cat "$work/stderr")"
    done
}

for host in $hosts; do
    render_shipped "$host" "$work/xml"
    for xml in "$work"/xml/*."$host".xml; do
        # --force: a card on a link ('direct') is not to keep the rest from being compared
        "$CVMDOM" render --force --to qemu --args0 "$srcdir/profiles/$(basename "$xml" ".$host.xml").yaml" --host "$host" \
            >"${xml%.xml}.args0" 2>"$work/stderr" || fail "$xml: $(cat "$work/stderr")"
    done
    render_own "$host"
done
[ "$failed" -eq 0 ] || finish

cp "$srcdir/tests/sevhost/define-all" "$work"
status=0
"$srcdir/tests/sevhost/run" "$work/define-all" "$work/xml" || status=$?
[ "$status" -ne 77 ] || skip 'see above'
[ "$status" -eq 0 ] || fail "tests/sevhost/run exits $status"

for xml in "$work"/xml/*.xml; do
    base=${xml%.xml}
    name=$(basename "$base")
    if [ "$(cat "$base.status")" = native ] && [ ! -e "$base.no-nic" ]; then
        check "$name: libvirt's command line differs" "$compare" "$base.args0" "$base.native" "$version" "$work/used"
    elif [ -e "$base.no-nic" ] || grep -q -e 'hugetlbfs filesystem is not mounted' -e 'NUMA node .* is unavailable' \
        -e 'Unable to get NUMA node' "$base.native"; then
        printf '%s: this machine lets libvirt build no command line\n' "$name"
        complete=
    else
        fail "$name: libvirt builds no command line: $(cat "$base.define" "$base.native")"
    fi
done

# Network cards are made by a start alone, for which there has to be a bridge.
"$CVMDOM" render "$srcdir/tests/qemu-argv/started.yaml" --host epyc-rome-sev -o "$work/start/started.xml" 2>"$work/stderr" ||
    fail "started: $(cat "$work/stderr")"
"$CVMDOM" render --to qemu --args0 --force "$srcdir/tests/qemu-argv/started.yaml" --host epyc-rome-sev >"$work/start/args0" \
    2>"$work/stderr" || fail "started: $(cat "$work/stderr")"
cat >"$work/start/start" <<'SCRIPT'
cd "$1" || exit 99
sed -i "s|<emulator>.*</emulator>|<emulator>$SEVHOST_EMULATOR</emulator>|" started.xml
ip link add br0 type bridge || exit 0
ip link set br0 up
virsh create started.xml >create 2>&1
cp "$SEVHOST_WORK/argv/started" argv
SCRIPT
if command -v ip >/dev/null && [ "$(id -u)" -eq 0 ]; then
    "$srcdir/tests/sevhost/run" sh "$work/start/start" "$work/start" >"$work/start/out" 2>&1 || :
fi
if [ -e "$work/start/argv" ]; then
    check "started: libvirt's command line differs" "$compare" "$work/start/args0" "$work/start/argv" "$version" "$work/used" \
        started
else
    printf 'started: no bridge for it can be made here\n'
    cat "$work/start/create" "$work/start/out" 2>/dev/null || :
    complete=
fi

# What differs on purpose is told to people, too.
sed -n '/^\.Ss What is other than with libvirt$/,/^\.S[hs]/s/^\.It Cm //p' "$srcdir/docs/cvmdom-qemu.7" | sort >"$work/told"
for i in 9 11; do
    "$compare" --names "$i"
done | sort -u >"$work/differing"
check 'docs/cvmdom-qemu.7 and tests/tools/compare_argv.py name other differences' diff -u "$work/told" "$work/differing"

# A table that has more in it than what occurs hides what will occur.
sort -u "$work/used" >"$work/used.sorted"
"$compare" --names "$version" | sort >"$work/names"
if [ -n "$complete" ]; then
    check 'differences on purpose that do not occur' diff -u "$work/names" "$work/used.sorted"
fi
finish
