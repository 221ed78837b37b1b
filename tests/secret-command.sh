#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `cvmdom secret` into files: what a guest would find in them, by tests/tools/secret.py; and who gets nothing.
. "${srcdir:?run this by make check}/tests/harness.sh"

need python3 sha256sum
cd "$work" || exit 99
umask 022
printf 'integrity key 16' >tik
printf 'encryption key16' >tek
cat tek tik >tk
printf 'correct horse battery staple' >passphrase
printf 'one\000two\n\r\n\377\000' >binary
mkdir 'a:b'
printf 'x' >'a:b/c:d'
python3 "$srcdir/tests/tools/make_ovmf.py" amdsev.fd --like amdsev

# profile NAME FIRMWARE [TYPE]
profile()
{
    cat >"$1.yaml" <<EOF
name: $1
launchSecurity: {type: ${3-sev}}
memory: 1GiB
vcpu: 1
os:
  firmware: {loader: $work/$2, stateless: true}
EOF
}

# measurement FIRMWARE [POLICY]: what the platform answers when it starts a SEV guest with it
measurement()
{
    python3 "$srcdir/tests/tools/measurement.py" --digest "$(sha256sum <"$1" | cut -d' ' -f1)" --tik tik --policy "${2-3}"
}

profile db amdsev.fd
reported=$(measurement amdsev.fd)
policy=$("$CVMDOM" render db.yaml --force 2>render.log | sed -n 's/.*<policy>\(.*\)<.*/\1/p')
check "the profile's policy is '$policy'" test "$policy" = 0x0003

# secret PROFILE OPTION…: with the keys, and what was reported
secret()
{
    document=$1
    shift
    run "$CVMDOM" secret "$document" --tik tik --tek tek --measurement "$reported" --api-major 1 --api-minor 55 --build-id 21 "$@"
}

into_files()
{
    rm -f header payload
    secret "$@" --header header --payload payload
}

# nothing STATUS: nor a bit of what was asked for
nothing()
{
    expect_status "$1"
    expect_silent out
    check "'$run_line' left a file" test ! -e header -a ! -e payload
}

hex()
{
    od -An -v -tx1 "$1" | tr -d ' \n'
}

# finds LINE…: what a guest finds in the packet
finds()
{
    expect_status 0
    if python3 "$srcdir/tests/tools/secret.py" open tek tik "$reported" header payload >found 2>&1; then
        pass
    else
        fail "no packet: $(cat found)"
    fi
    sed '/^padding/d' found >secrets
    printf '%s\n' "$@" >expected
    check "not what was packed: $(diff expected secrets)" cmp -s expected secrets
}

# What rules have to say of the made-up firmware is no matter here.
no_warning()
{
    check "'$run_line' warns: $(cat err)" test "$(grep -c 'warning:' err)" -eq 0
}

luks_key=736869e5-84f0-4973-92ec-06879ce3da0b
other=0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0

# ---- packets ----

into_files db.yaml --secret luks-key:passphrase
finds "$luks_key $(hex passphrase)"
no_warning
expect_out '^  virsh domsetlaunchsecstate db --secrethdr header --secret payload$'
check 'modes of the files' test "$(stat -c %a header payload | tr '\n' ' ')" = '600 600 '
check 'a newline, which virsh would hand on' test "$(cat header payload | wc -l)" -eq 0

into_files db.yaml --secret "$other:binary" --secret "luks-key:a:b/c:d"
finds "$other $(hex binary)" "$luks_key 78"
no_warning
cp header header.first
into_files db.yaml --secret "$other:binary" --secret "luks-key:a:b/c:d"
check 'the same packet twice' test "$(cmp header header.first 2>&1)"

# raw bytes: a newline is one of them, and is mentioned
printf 'key\n' >newline
into_files db.yaml --secret luks-key:newline
finds "$luks_key 6b65790a"
expect_err "warning: the file of 'luks-key' ends with a newline, which becomes part of the secret"

base64 -w 20 binary >binary.b64
base64 -w 0 passphrase >passphrase.b64
into_files db.yaml --base64-secret "$other:binary.b64" --base64-secret luks-key:passphrase.b64
finds "$other $(hex binary)" "$luks_key $(hex passphrase)"
no_warning

status=0
rm -f header payload
"$CVMDOM" secret db.yaml --tk tk --measurement "$reported" --api-major 1 --api-minor 55 --build-id 21 --secret luks-key:- \
    --header header --payload payload <passphrase >out 2>err || status=$?
finds "$luks_key $(hex passphrase)"

rm -f header payload
secret db.yaml --secret luks-key:passphrase --header 'a b' --payload "it's"
expect_status 0
expect_out "^  virsh domsetlaunchsecstate db --secrethdr 'a b' --secret 'it'\\\\''s'\$"

# domain XML as well
"$CVMDOM" render db.yaml --force -o db.xml 2>render.log
into_files db.xml --secret luks-key:passphrase
finds "$luks_key $(hex passphrase)"

# ---- who gets nothing ----

good=$reported
for wrong in "$(measurement amdsev.fd 7)" "$(measurement passphrase)"; do
    reported=$wrong
    into_files db.yaml --secret luks-key:passphrase
    expect_status 1
    expect_out 'NOT VERIFIED'
    check 'a packet for a guest that is not known' test ! -e header -a ! -e payload
done
reported=$good
rm -f header payload
run "$CVMDOM" secret db.yaml --tik tek --tek tik --measurement "$reported" --api-major 1 --api-minor 55 --build-id 21 \
    --secret luks-key:passphrase --header header --payload payload
expect_status 1
check 'a packet with the wrong keys' test ! -e header -a ! -e payload

profile snp amdsev.fd sev-snp
into_files snp.yaml --secret luks-key:passphrase
nothing 2
expect_err "'snp' is a SEV-SNP guest, which takes no secret from outside"
expect_err 'key broker'

for like in ovmf 4m; do
    python3 "$srcdir/tests/tools/make_ovmf.py" "$like.fd" --like "$like"
    profile "without-$like" "$like.fd"
    reported=$(measurement "$like.fd")
    into_files "without-$like.yaml" --secret luks-key:passphrase
    nothing 2
    expect_err "its firmware '$work/$like.fd' has no area for secrets"
done
reported=$good

# ---- nothing is overwritten ----

for there in header payload; do
    rm -f header payload
    printf 'mine' >$there
    secret db.yaml --secret luks-key:passphrase --header header --payload payload
    expect_status 2
    expect_err "cannot write '$there': File exists"
    check "$there was overwritten" test "$(cat $there)" = mine
    check 'half a packet' test "$(find . -name header -o -name payload | wc -l)" -eq 1
done

# ---- what is no secret ----

into_files db.yaml --secret luks-key:passphrase --base64-secret "$luks_key:passphrase.b64"
nothing 3
expect_err "'luks-key' and '$luks_key' are the same GUID"
into_files db.yaml --secret luks-key:passphrase --secret luks-key:binary
nothing 3
into_files db.yaml --secret lucks-key:passphrase
nothing 3
expect_err "'lucks-key' is neither a GUID nor the name of a well-known secret"
: >empty
into_files db.yaml --secret luks-key:empty
nothing 3
expect_err "the secret 'luks-key' is empty"
for content in 'not base64' 'Zm9v Zg' 'Zm9vZg=' '====' ''; do
    printf '%s' "$content" >no.b64
    into_files db.yaml --base64-secret luks-key:no.b64
    nothing 2
    expect_err "'no.b64' is not base64"
done
printf 'Zm9v\000Zm9v' >no.b64
into_files db.yaml --base64-secret luks-key:no.b64
nothing 2
into_files db.yaml --secret luks-key:missing
nothing 2
expect_err "cannot read 'missing'"

# AmdSev's area has 3072 bytes: 40 of the table, and the secret
head -c 3032 /dev/zero | tr '\0' k >most
into_files db.yaml --secret luks-key:most
finds "$luks_key $(hex most)"
printf 'k' >>most
into_files db.yaml --secret luks-key:most
nothing 3
expect_err "their table has 3073 bytes, and the firmware's secret area 3072"
for size in 16385 2000000; do
    head -c $size /dev/zero >large
    into_files db.yaml --secret luks-key:large
    nothing 2
    base64 large >large.b64
    into_files db.yaml --base64-secret luks-key:large.b64
    nothing 2
done

# ---- options ----

# misused PATTERN OPTION…
misused()
{
    pattern=$1
    shift
    rm -f header payload
    run "$CVMDOM" secret db.yaml "$@"
    nothing 3
    expect_err "$pattern"
}

firmware="--measurement $reported --api-major 1 --api-minor 55 --build-id 21"
keys='--tik tik --tek tek'
# shellcheck disable=SC2086 # several words
{
    misused 'there is no secret' $keys $firmware --header header --payload payload
    misused 'say where the secrets go' $keys $firmware --secret luks-key:passphrase
    misused 'say where the secrets go' $keys $firmware --secret luks-key:passphrase --header header
    misused '--inject writes no files' $keys --connect test:///default --secret luks-key:passphrase --inject --header header
    misused '--inject needs --connect' $keys $firmware --secret luks-key:passphrase --inject
    misused 'only one of keys and secrets' --tik - --tek tek $firmware --secret luks-key:- --header header --payload payload
    misused 'keys' $firmware --secret luks-key:passphrase --header header --payload payload
    for word in 'hunter2' ':hunter2' 'hunter2:'; do
        misused 'a colon and the file' $keys $firmware --secret "$word" --header header --payload payload
        check 'what may be a secret is repeated' test "$(grep -c hunter2 err)" -eq 0
    done
}

# ---- beside libvirt's tool ----

# lxml is for its connection, which is not used here, and Debian's package does not bring it along.
validate=$(command -v virt-qemu-sev-validate) || validate=
mkdir -p python/lxml
: >python/lxml/__init__.py
: >python/lxml/etree.py
if [ -z "$validate" ] || ! PYTHONPATH=python /usr/bin/python3 "$validate" --help >/dev/null 2>validate.log; then
    printf 'not beside libvirt'\''s tool: no virt-qemu-sev-validate that runs (Debian: libvirt-clients-qemu)\n'
else
    # Its packets are opened by the same reader, and both have the same secrets in the same places.
    for secrets in luks-key:passphrase "$other:binary" "luks-key:passphrase $other:binary"; do
        theirs=''
        ours=''
        for word in $secrets; do
            theirs="$theirs --inject-secret $word"
            ours="$ours --secret $word"
        done
        rm -f header payload
        # shellcheck disable=SC2086 # several words
        run env PYTHONPATH=python /usr/bin/python3 "$validate" --measurement "$reported" --api-major 1 --api-minor 55 --build-id 21 --policy 3 --tik tik \
            --tek tek --firmware amdsev.fd $theirs --secret-header header --secret-payload payload
        expect_status 0
        check "its packet: $(python3 "$srcdir/tests/tools/secret.py" open tek tik "$reported" header payload 2>&1 >theirs)" test -s theirs
        sed '/^padding/d' theirs >expected
        # shellcheck disable=SC2086 # several words
        into_files db.yaml $ours
        # shellcheck disable=SC2046 # a line a secret
        IFS='
'
        finds $(cat expected)
        unset IFS
    done
fi

finish
