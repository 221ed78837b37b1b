#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# cvmdom harden over tests/ordinary (ordinary guests) and tests/corpus (confidential ones, right and wrong): what it writes
# has no error but those that are listed here as people's to decide, is taken by libvirt, and is not changed by a second
# run; right documents are not changed at all.
. "${srcdir:?run this by make check}/tests/harness.sh"

corpus=$srcdir/tests/corpus
chmod 755 "$work"
mkdir -m 777 "$work/define"

# What of the corpus is left with errors, and the rules these are of. The first lot is signed, or names what nobody knows;
# the second is up to the host.
cat >"$work/left" <<'END'
attribute-misspelt: CVM212
author-key-not-there: CVM215
dh-cert-auto: CVM213
dh-cert-is-a-path: CVM213
dh-cert-without-session: CVM214
element-misspelt: CVM212
element-vmpl: CVM212
host-data-in-hex: CVM213
id-auth-is-a-path: CVM213
id-block-for-another-policy: CVM216
id-block-one-byte-short: CVM213
id-block-without-auth: CVM215
kernel-hashes-enabled: CVM102
kernel-hashes-without-kernel: CVM217
launch-security-twice: CVM212
memory-unit-unknown: CVM102
name-with-slash: CVM105
no-name: CVM104
policy-decimal-fraction: CVM202
policy-decimal-loses-es: CVM203
policy-in-words: CVM202
policy-of-33-bits: CVM202
policy-of-snp-in-sev: CVM206
saved-in-latin-1: CVM112
session-cut-short: CVM213
session-without-dh-cert: CVM214
type-as-element: CVM212
virtio-mem: CVM513

cpu-not-on-host: CVM614
disk-bus-sd: CVM617
es-beside-snp: CVM704
gpu-with-snp: CVM607
host-without-es: CVM702
host-without-sev: CVM701
host-without-snp: CVM703
hugepage-pool-too-small: CVM508
hugepage-size-of-16-mib: CVM506
image-without-hash-table: CVM406
kernel-too-old: CVM706
memory-exceeds-node: CVM512
more-vcpus-than-the-host-offers: CVM710
no-asid-left: CVM705
no-dev-sev: CVM708
numa-node-unknown: CVM509
pinned-to-no-cpu: CVM509
policy-single-socket: CVM205
smt-forbidden: CVM205 CVM210
END

# host_of FILE: the recorded host that a document of the corpus is for
host_of()
{
    sed -n '1,2s/^<!-- host: \(.*\) -->.*/\1/p' "$1" | sed "s|^hosts/|$corpus/&|"
}

# errors FILE [HOST]: the rules of the errors that lint finds, a line
errors()
{
    "$CVMDOM" lint --color never ${2:+--host "$2"} "$1" 2>&1 |
        sed -nE 's/^[^:]+:[0-9]+:[0-9]+: error: .*\[(CVM[0-9]+)\]$/\1/p' | sort -u | paste -s -d ' '
}

# harden FILE NAME HOST [OPTION…]: writes $work/NAME.xml, and holds it to what is promised; $left has the errors left
harden()
{
    from=$1
    to=$work/$2.xml
    asked=$work/define/$2.xml
    host=$3
    shift 3
    run "$CVMDOM" harden ${host:+--host "$host"} "$@" -o "$to" "$from"
    if [ "$status" -gt 1 ]; then
        fail "$from: harden $* exits with $status"
        show_streams
        left=none
        return
    fi
    hardened=$status
    cp "$work/err" "$work/said"
    left=$(errors "$to" "$host")
    check "$from: exit status $hardened, but the errors left are '$left'" test "$hardened" -eq "$([ -z "$left" ]; echo $?)"
    for rule in $left; do
        check "$from: does not say that $rule is left" grep -q "$rule" "$work/said"
    done
    run "$CVMDOM" harden ${host:+--host "$host"} "$@" -o "$to.again" "$to"
    check "$from: a second run changes it" cmp -s "$to" "$to.again"
    rm -f "$to.again"
    # what libvirt is asked about below; of right documents tests/corpus/table asks it
    # a name that is misspelt or stands twice is a warning, but nothing for libvirt's schema
    if [ -z "$left" ] && ! grep -q -e 'CVM103' -e 'CVM111' "$work/said" && ! cmp -s "$from" "$to"; then
        xmllint --xpath '//domain' "$to" 2>/dev/null | sed "s|<emulator>.*</emulator>||" >"$asked" || :
    fi
}

# ---- ordinary guests ----

ordinary=0
for file in "$srcdir"/tests/ordinary/*.xml; do
    name=$(basename "$file" .xml)
    for case in sev:epyc-rome-sev sev-es:epyc-rome-sev sev:epyc-genoa-snp sev-snp:epyc-genoa-snp sev: sev-es: sev-snp:; do
        type=${case%%:*}
        harden "$file" "$name-$type-${case#*:}" "${case#*:}" --type "$type"
        check "$file as $case: errors are left: $left" test -z "$left"
        ordinary=$((ordinary + 1))
    done
done
check "only $ordinary ordinary guests were hardened" test "$ordinary" -ge 42

# ---- the corpus ----

wrong=0
for file in "$corpus"/right/*.xml; do
    harden "$file" "right-$(basename "$file" .xml)" "$(host_of "$file")"
    check "$file: a right document is changed" cmp -s "$file" "$to"
done
for file in "$corpus"/wrong/*.xml; do
    name=$(basename "$file" .xml)
    harden "$file" "wrong-$name" "$(host_of "$file")"
    expected=$(sed -n "s/^$name: //p" "$work/left")
    check "$file: errors left are '$left', not '$expected'" test "$left" = "$expected"
    wrong=$((wrong + 1))
done
printf '%s wrong documents of the corpus, %s of them left with errors\n' "$wrong" "$(grep -c : "$work/left")"

# ---- as it was written ----

guest=$srcdir/tests/ordinary/nova-i440fx.xml
"$CVMDOM" harden --type sev-es "$guest" >"$work/unix.xml" 2>"$work/err"
sed 's/$/\r/' "$guest" >"$work/windows.xml"
run "$CVMDOM" harden --type sev-es "$work/windows.xml"
sed 's/$/\r/' "$work/unix.xml" | check 'line ends of Windows are kept' cmp -s - "$work/out"

for encoding in UTF-16 UTF-16BE ISO-8859-1 UTF-32LE; do
    {
        printf '<?xml version="1.0" encoding="%s"?>\n' "$encoding"
        sed 's|<name>.*|&\n  <title>Größe</title>|' "$guest"
    } >"$work/utf8.xml"
    iconv -f UTF-8 -t "$encoding" "$work/utf8.xml" >"$work/encoded.xml"
    "$CVMDOM" harden --type sev-es "$work/encoded.xml" 2>"$work/err" >"$work/out" || :
    sed 's/encoding="[^"]*"/encoding="UTF-8"/' "$work/utf8.xml" >"$work/plain.xml"
    "$CVMDOM" harden --type sev-es "$work/plain.xml" 2>/dev/null | sed "s/encoding=\"UTF-8\"/encoding=\"$encoding\"/" |
        iconv -f UTF-8 -t "$encoding" >"$work/expected" || :
    check "$encoding is kept" cmp -s "$work/out" "$work/expected"
done

# ---- differences ----

if command -v patch >/dev/null; then
    mkdir -p "$work/there/sub dir"
    for file in "$guest" "$work/windows.xml"; do
        cp "$file" "$work/there/sub dir/guest.xml"
        (cd "$work/there" && "$CVMDOM" harden --type sev --diff 'sub dir/guest.xml' 2>/dev/null) >"$work/guest.diff"
        "$CVMDOM" harden --type sev "$file" >"$work/expected" 2>/dev/null
        check "patch takes the difference of $file" patch --binary -s -p1 -d "$work/there" -i "$work/guest.diff"
        check "patch makes the same of $file" cmp -s "$work/there/sub dir/guest.xml" "$work/expected"
    done
fi
run "$CVMDOM" harden --diff --type sev - <"$guest"
run "$CVMDOM" harden --diff "$work/unix.xml"
expect_status 0
expect_silent out
expect_silent err

# ---- files and exit status ----

cp "$guest" "$work/in-place.xml"
chmod 640 "$work/in-place.xml"
run "$CVMDOM" harden --type sev-es --in-place "$work/in-place.xml"
expect_status 0
expect_silent out
expect_err 'changed: '
check '--in-place writes the same' cmp -s "$work/in-place.xml" "$work/unix.xml"
check '--in-place keeps the mode' test "$(stat -c %a "$work/in-place.xml")" = 640
touch -d '2020-01-01' "$work/in-place.xml"
run "$CVMDOM" harden --type sev-es --in-place "$work/in-place.xml"
check '--in-place leaves what is right alone' test "$(stat -c %Y "$work/in-place.xml")" -lt 1600000000
run "$CVMDOM" harden "$work/none.xml"
expect_status 2
run "$CVMDOM" harden "$srcdir/profiles/snp-minimal.yaml"
expect_status 2
expect_err 'profile'
printf '<domain><name>' >"$work/broken.xml"
run "$CVMDOM" harden "$work/broken.xml"
expect_status 2
expect_silent out
run "$CVMDOM" harden --type tdx "$guest"
expect_status 3
run "$CVMDOM" harden --in-place --diff "$guest"
expect_status 3
run "$CVMDOM" harden --in-place -o "$work/x.xml" "$guest"
expect_status 3
run "$CVMDOM" harden
expect_status 3

# ---- what counts ----

printf 'ignore: [CVM602]\n' >"$work/.cvmdom.yaml"
run "$CVMDOM" harden --type sev-es "$work/windows.xml"
check 'what .cvmdom.yaml ignores is repaired' test -z "$(grep '<rom' "$work/out")"
run "$CVMDOM" harden --no-config --type sev-es "$work/windows.xml"
expect_out '<rom'
run "$CVMDOM" harden --select CVM412 --type sev-es "$work/windows.xml"
expect_err '2 changed, nothing left'
rm "$work/.cvmdom.yaml"
sed 's|<memballoon model=.virtio.>|<!-- cvmdom: ignore=CVM610: measured in the guest -->&|' "$guest" >"$work/balloon.xml"
run "$CVMDOM" harden --type sev "$work/balloon.xml"
expect_out "<memballoon model='virtio'>"
run "$CVMDOM" harden --no-suppressions --type sev "$work/balloon.xml"
expect_out "<memballoon model='none'/>"

# ---- libvirt ----

# The installed libvirt on a pretended SEV host. One that does not know SEV-SNP refuses the type itself; documents in which
# errors were left are not shown to it.
cat >"$work/define-all" <<'END'
#!/bin/sh
cd "$1" || exit 99
for xml in *.xml; do
    if virsh define --validate "$xml" >"$xml.define" 2>&1; then
        for uuid in $(virsh list --all --uuid); do
            virsh undefine --nvram "$uuid" >>undefine.log 2>&1
        done
    else
        mv "$xml.define" "$xml.refused"
    fi
done
END
chmod 755 "$work/define-all"
for tool in virsh xmllint python3 qemu-system-x86_64; do
    command -v "$tool" >/dev/null || {
        printf 'libvirt is not asked: no %s\n' "$tool"
        finish
    }
done
snp=0
case $(virsh --version) in
9.* | 10.[0-4].*)
    for xml in $(grep -l "type=[\"']sev-snp" "$work"/define/*.xml); do
        rm "$xml"
        snp=$((snp + 1))
    done
    ;;
esac
status=0
"$srcdir/tests/sevhost/run" "$work/define-all" "$work/define" || status=$?
if [ "$status" -eq 77 ]; then
    printf 'libvirt is not asked: see above\n'
    finish
fi
check "tests/sevhost/run exits with $status" test "$status" -eq 0
firmware=0
for xml in "$work"/define/*.xml; do
    # from 9.2 on it is asked for when a domain is defined; without a host harden leaves the choice to libvirt
    if grep -qs "Unable to find 'efi' firmware" "$xml.refused"; then
        rm "$xml.refused"
        firmware=$((firmware + 1))
    fi
    check "libvirt refuses $(basename "$xml"): $(cat "$xml.refused" 2>/dev/null)" test ! -e "$xml.refused"
done
printf 'libvirt %s was asked about %s documents; %s of SEV-SNP it does not know, for %s there is no firmware here\n' \
    "$(virsh --version)" "$(find "$work/define" -name '*.xml' | wc -l)" "$snp" "$firmware"
finish
