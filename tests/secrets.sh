#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Secrets: when a command ends they are nowhere in its memory, it printed none in any form, and files with secrets are
# their owner's alone. tests/unit/test_wiped has what only the library sees.
. "${srcdir:?}/tests/harness.sh"
need python3 openssl od base64
cd "$work" || exit 99

scan=$builddir/tests/tools/.libs/scan.so
[ -e "$scan" ] || scan=$builddir/tests/tools/scan.so
[ -e "$scan" ] || skip "no scan.so: shared libraries are not built"
[ -r /proc/self/mem ] || skip "memory cannot be looked through here"
[ -z "${ASAN_OPTIONS:-}" ] || skip "the memory of AddressSanitizer is too large to look through"

platform=$srcdir/tests/platform
firmware=$work/firmware.fd
python3 "$srcdir/tests/tools/make_ovmf.py" "$firmware" --like amdsev --size 0x20000 || exit 99

# guest TYPE POLICY CPU
guest()
{
    cat >"$work/guest.yaml" <<YAML
name: guest
launchSecurity: {type: $1, policy: $2}
memory: 1GiB
vcpu: 2
cpu: EPYC-Milan
os: {firmware: {loader: $firmware, type: rom, stateless: true}}
YAML
}

hex()
{
    od -An -v -tx1 "$@" | tr -d ' \n'
}

# scanned FILE…: what is in them may be there no more; then --, then the command and its arguments. That the scan can
# find something shows what is not secret: the path of the profile, which is an argument.
printf %s "$work/guest.yaml" >control
scanned()
{
    scanned_files=$work/control
    needles=
    while [ "$1" != -- ]; do
        scanned_files=$scanned_files:$work/$1
        needles="$needles $1"
        shift
    done
    shift
    rm -f found
    status=0
    CVM_SCAN_FILES=$scanned_files CVM_SCAN_OUT=$work/found LD_PRELOAD=$scan "$CVMDOM" "$@" >out 2>err </dev/null || status=$?
    run_line="cvmdom $*"
    expect_status "${expected:-0}"
    # shellcheck disable=SC2086 # words are wanted
    set -- $needles
    check "'$run_line': the scan looks for $(($# + 1)) things" grep -q "^end: $(($# + 1)) needles" found
    check "'$run_line': the scan finds what is there" grep -q "^$work/control " found
    for needle in "$@"; do
        check "'$run_line': '$needle' is left in memory: $(grep "/$needle " found)" not grep -q "/$needle " found
        expect_hidden "$needle" out err
    done
}

not()
{
    ! "$@"
}

# expect_hidden NEEDLE FILE…: in none of its forms.
expect_hidden()
{
    hidden=$1
    shift
    for file in "$@"; do
        case $(hex "$file") in
        *"$(hex "$hidden")"*) fail "'$run_line': '$hidden' is in '$file'" ;;
        *) pass ;;
        esac
        text=$(tr 'A-F' 'a-f' <"$file" | tr -d ' :\n')
        case $text in
        *"$(hex "$hidden")"*) fail "'$run_line': '$hidden' is in '$file' in hexadecimal" ;;
        *) pass ;;
        esac
        check "'$run_line': '$hidden' is in '$file' in base64" not grep -qF "$(base64 -w 0 "$hidden" | tr -d =)" "$file"
    done
}

expect_mode()
{
    check "'$run_line': '$1' has mode $2" test "$(stat -c %a "$1")" = "$2"
}

# ---- session ----

guest sev-es 7
umask 000
scanned guest_tik.bin guest_tek.bin -- session "$work/guest.yaml" --pdh "$platform/one.chain"
for key in guest_tik.bin guest_tek.bin; do
    expect_mode "$key" 600
    expect_hidden "$key" guest_godh.b64 guest_session.b64
done
umask 022

# ---- verify ----

guest sev 3
cp guest_tik.bin tik
cp guest_tek.bin tek
cat tek tik >tk
tail -c 16 tk >half # the second half of a buffer of both
digest=$("$CVMDOM" measure "$work/guest.yaml") || exit 99
measurement=$(python3 "$srcdir/tests/tools/measurement.py" --digest "$digest" --tik tik --policy 3)
version="--api-major 1 --api-minor 55 --build-id 21"
# shellcheck disable=SC2086 # words are wanted
{
    scanned tik tek -- verify "$work/guest.yaml" --measurement "$measurement" --tik tik --tek tek $version
    scanned tek half -- verify "$work/guest.yaml" --measurement "$measurement" --tk tk $version
    # one that does not match, and is explained: nor is the HMAC shown that would have been right
    printf %s "$measurement" | base64 -d | head -c 32 >hmac
    guest sev 1
    expected=1
    scanned tik tek hmac -- verify "$work/guest.yaml" --measurement "$measurement" --tik tik --tek tek $version
    guest sev 3
    truncate -s 15 tek
    cp tik twelve
    expected=2
    scanned twelve -- verify "$work/guest.yaml" --measurement "$measurement" --tik tik --tek tek $version
    expected=0
}
cp guest_tek.bin tek

# ---- secret ----

guest sev 3
python3 -c 'import os; open("passphrase", "wb").write(os.urandom(40).hex().encode())'
python3 -c 'import base64, os; open("decoded", "wb").write(os.urandom(40)); open("encoded", "wb").write(base64.b64encode(open("decoded", "rb").read()))'
guid=0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9
# shellcheck disable=SC2086 # words are wanted
scanned tik tek passphrase decoded encoded -- secret "$work/guest.yaml" --measurement "$measurement" --tik tik --tek tek $version \
    --secret luks-key:passphrase --base64-secret $guid:encoded --header header --payload payload
for needle in tik tek passphrase decoded encoded; do
    expect_hidden $needle header payload
done
# none of it where something fails: they do not fit, or there is the file already
head -c 20000 /dev/zero | tr '\0' x >large
expected=2
for last in "$guid:large" "$guid:missing" "$guid:passphrase"; do
    # shellcheck disable=SC2086 # words are wanted
    scanned tik tek passphrase -- secret "$work/guest.yaml" --measurement "$measurement" --tik tik --tek tek $version \
        --secret luks-key:passphrase --secret $last --header header --payload payload
done
expected=0

# ---- idblock ----

guest sev-snp 0x30000
openssl ecparam -name secp384r1 -genkey -noout -out id.pem 2>err || exit 99
openssl pkcs8 -topk8 -nocrypt -in id.pem -outform DER -out author.der 2>err || exit 99
for key in id author; do
    file=$(ls $key.*)
    openssl ec -in "$file" -inform "$(echo "${file#*.}" | tr a-z A-Z)" -noout -text 2>err |
        python3 -c 'import re, sys
text = sys.stdin.read()
number = re.search(r"priv:\s*([0-9a-f:\s]+?)\s*pub:", text).group(1)
sys.stdout.buffer.write(bytes.fromhex(re.sub(r"[\s:]", "", number))[-48:])' >$key.number
    check "the private number of '$file' is known" test "$(wc -c <$key.number)" -eq 48
done
sed -n 3p id.pem | tr -d '\n' >id.line
scanned id.number id.line author.number -- idblock "$work/guest.yaml" --id-key id.pem --author-key author.der
scanned id.number id.line -- render "$work/guest.yaml" --id-key id.pem
finish
