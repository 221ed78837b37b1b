#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# ID blocks: made from profiles and XML, put into rendered domains, and judged by lint. The firmware's side is openssl's.
. "${srcdir:?}/tests/harness.sh"

need openssl python3
umask 022
cd "$work" || exit 99
make_key()
{
    openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:$2" -out "$1" 2>"$work/key.err"
}
make_key id.pem P-384 || skip "this openssl makes no key on P-384"
make_key author.pem P-384
make_key short.pem P-256
openssl pkcs8 -topk8 -in id.pem -passout pass:word -out encrypted.pem
openssl pkcs8 -topk8 -nocrypt -in id.pem -outform DER -out id.der
chmod 600 ./*.pem ./*.der
python3 "$srcdir/tests/tools/make_ovmf.py" amdsev.fd --like amdsev --size 0x20000 || exit 99

cat >db.yaml <<EOF
name: db
launchSecurity: {type: sev-snp}
memory: 4GiB
vcpu: 2
cpu: EPYC-Milan
os: {firmware: {loader: $work/amdsev.fd}}
EOF
sed 's/{type: sev-snp}/{type: sev-snp, idBlock: {file: db_id_block.b64}, idAuth: {file: db_id_auth.b64}}/' db.yaml >own.yaml
sed 's/{type: sev-snp}/{type: sev-es}/' db.yaml >es.yaml

# field FILE OFFSET SIZE: those bytes of a base64 file, in hexadecimal
field()
{
    base64 -d "$1" | tail -c +"$(($2 + 1))" | head -c "$3" | od -An -v -tx1 | tr -d ' \n'
}

# holds AUTH SIGNATURE-OFFSET KEY SIGNED: openssl verifies a signature of the ID authentication
holds()
{
    python3 - "$1" "$2" <<'EOF' && openssl dgst -sha384 -verify "$3" -signature signature.der "$4" >/dev/null
import base64, sys

auth = base64.b64decode(open(sys.argv[1]).read())
offset = int(sys.argv[2], 0)


def integer(number):
    data = number.to_bytes(number.bit_length() // 8 + 1, "big")
    return bytes((2, len(data))) + data


both = b"".join(integer(int.from_bytes(auth[at:at + 72], "little")) for at in (offset, offset + 72))
open("signature.der", "wb").write(bytes((0x30, len(both))) + both)
EOF
}

# ---- idblock ----

run "$CVMDOM" measure db.yaml
expect_status 0
digest=$(cat "$work/out")

run "$CVMDOM" idblock db.yaml --id-key id.pem --author-key author.pem --family-id production --image-id 000102030405060708090A0B0C0D0E0F --svn 259 --output db
expect_status 0
expect_out "^# MEASUREMENT: $digest\$"
expect_out '^# ID_KEY_DIGEST: [0-9a-f]{96}$'
expect_out '^# AUTHOR_KEY_DIGEST: [0-9a-f]{96}$'
expect_out '^  authorKey: true$'
expect_out "^  idBlock: \\{file: 'db_id_block.b64'\\}\$"
expect_out "^  idAuth: \\{file: 'db_id_auth.b64'\\}\$"
sed -n 's/^# ID_KEY_DIGEST: //p' "$work/out" >key-digest
check "the digest is signed" test "$(field db_id_block.b64 0 48)" = "$digest"
check "the ids, version 1, the SVN and the policy are signed" test "$(field db_id_block.b64 48 48)" = \
    70726f64756374696f6e000000000000000102030405060708090a0b0c0d0e0f01000000030100000000030000000000
openssl pkey -in id.pem -pubout -out id.pub
openssl pkey -in author.pem -pubout -out author.pub
base64 -d db_id_block.b64 >signed
check "the ID key signed the block" holds db_id_auth.b64 0x40 id.pub signed
base64 -d db_id_auth.b64 | tail -c +577 | head -c 1028 >signed
check "the author key signed the ID key" holds db_id_auth.b64 0x680 author.pub signed
check "ID_KEY_DIGEST is that of the ID key" test "$(openssl dgst -sha384 -r signed | cut -d' ' -f1)" = "$(cat key-digest)"
check "the files are as long as libvirt wants them" test "$(base64 -d db_id_block.b64 | wc -c) $(base64 -d db_id_auth.b64 | wc -c)" = '96 4096'

# Nothing is written over, and no half pair stays.
cp db_id_auth.b64 kept
run "$CVMDOM" idblock db.yaml --id-key id.pem --output db
expect_status 2
expect_err "db_id_block.b64"
check "the file is as it was" cmp -s kept db_id_auth.b64
echo mine >other_id_auth.b64
run "$CVMDOM" idblock db.yaml --id-key id.pem --output other
expect_status 2
check "no half pair" test ! -e other_id_block.b64
mkdir made
run "$CVMDOM" idblock db.yaml --id-key id.pem --output made/
expect_status 0
expect_out "/made/db_id_block.b64'\\}\$"
check "by the guest's name" test -s made/db_id_block.b64

# Without an author key nothing stands where it would be.
run "$CVMDOM" idblock db.yaml --id-key id.der --format json
expect_status 0
cp "$work/out" made.json
python3 - "$digest" "$(cat key-digest)" <<'EOF'
import base64, json, sys

made = json.load(open("made.json"))
auth = base64.b64decode(made["idAuth"])
assert made["digest"] == sys.argv[1] and made["idKeyDigest"] == sys.argv[2], made
assert made["authorKeyDigest"] is None and made["authorKey"] is False and made["files"] is None, made
assert made["policy"] == "0x00030000" and made["svn"] == 0 and made["familyId"] == made["imageId"] == "00" * 16, made
assert len(base64.b64decode(made["idBlock"])) == 96 and len(auth) == 4096
assert auth[:8] == bytes((1, 0, 0, 0, 0, 0, 0, 0)) and not any(auth[0x680:]), auth[:8]
EOF
check "the JSON is right" test $? -eq 0

# Values of the command line are measured and signed.
run "$CVMDOM" idblock db.yaml --id-key id.pem --vcpus 3 --policy 0x20000 --output changed
expect_status 0
check "another policy" test "$(field changed_id_block.b64 88 8)" = 0000020000000000
check "another digest" test "$(field changed_id_block.b64 0 48)" = "$("$CVMDOM" measure db.yaml --vcpus 3 --policy 0x20000 2>/dev/null)"

# The document's own is no part of what is measured, and may be wrong or missing.
run "$CVMDOM" idblock own.yaml --id-key id.pem --set vcpu=5
expect_status 0
expect_err "is to replace it"
run "$CVMDOM" idblock own.yaml --id-key id.pem --set 'launchSecurity.idBlock={file: none.b64}'
expect_status 0

# XML, too.
run "$CVMDOM" render db.yaml --host epyc-genoa-snp --output db.xml
run "$CVMDOM" idblock db.xml --id-key id.pem
expect_status 0
expect_out "^# MEASUREMENT: $digest\$"

# What cannot be.
run "$CVMDOM" idblock db.yaml
expect_status 3
expect_err "'idblock' needs '--id-key'"
run "$CVMDOM" idblock es.yaml --id-key id.pem
check "no ID block for SEV-ES" test "$status" -ne 0
expect_silent out
run "$CVMDOM" idblock db.yaml --id-key id.pem --set "os.firmware.loader=$work/none.fd"
check "no ID block without firmware" test "$status" -ne 0
expect_silent out
run "$CVMDOM" idblock db.yaml --id-key short.pem
expect_status 2
expect_err "curve P-256.*openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384"
run "$CVMDOM" idblock db.yaml --id-key encrypted.pem
expect_status 2
expect_err "is encrypted"
for wrong in '--family-id=' '--image-id=a text of 17 bytes' '--svn=4294967296' '--svn=-1'; do
    run "$CVMDOM" idblock db.yaml --id-key id.pem "$wrong"
    expect_status 3
done
chmod 644 author.pem
run "$CVMDOM" idblock db.yaml --id-key id.pem --author-key author.pem
expect_status 0
expect_err "'author.pem' can be read by others"
check "only that one" test "$(grep -c 'can be read by others' "$work/err")" -eq 1
chmod 600 author.pem

# ---- render ----

run "$CVMDOM" render db.yaml --host epyc-genoa-snp --id-key id.pem --author-key author.pem --explain --output with.xml
expect_status 0
expect_err 'launchSecurity.idBlock: 96 bytes  \(.*signed.*\)'
expect_err 'launchSecurity.authorKey: yes '
check "authorKey is on" grep -q "<launchSecurity type='sev-snp' authorKey='yes'>" with.xml
sed -n 's/.*<idBlock>\(.*\)<\/idBlock>.*/\1/p' with.xml >with_block
check "the digest is in the XML" test "$(field with_block 0 48)" = "$digest"
run "$CVMDOM" lint with.xml --firmware-root /
expect_status 0
expect_out '^no findings'
run "$CVMDOM" render db.yaml --host epyc-genoa-snp --id-key id.pem --output without.xml
expect_status 0
check "no author key, no authorKey" sh -c '! grep -q authorKey without.xml'
check "nothing else differs" sh -c "sed \"s/ authorKey='yes'//; /<idBlock>/d; /<idAuth>/d\" with.xml | cmp -s - db.xml"

run "$CVMDOM" render own.yaml --host epyc-genoa-snp --id-key id.pem --author-key author.pem
expect_status 2
expect_err "has an ID block of its own"
expect_silent out
# The bundled host is nobody's: what host-model becomes elsewhere is not signed.
sed 's/^cpu: .*/cpu: host-model/' db.yaml >model.yaml
run "$CVMDOM" render model.yaml --id-key id.pem
expect_status 1
expect_err 'error: .*\[CVM808\]$'
run "$CVMDOM" render model.yaml --host epyc-genoa-snp --id-key id.pem
expect_status 0
run "$CVMDOM" render es.yaml --host epyc-genoa-snp --id-key id.pem
check "not for SEV-ES" test "$status" -ne 0
expect_silent out
run "$CVMDOM" render db.yaml --host epyc-genoa-snp --svn 1
expect_status 3
expect_err "'--svn' needs '--id-key'"

# ---- lint ----

# lint_says WHAT ARGUMENT…: CVM809 finds it, as an error
lint_says()
{
    what=$1
    shift
    run "$CVMDOM" lint "$@"
    expect_status 1
    expect_out "error: .*$what.*\\[CVM809\\]"
}

# damage OFFSET: a copy of the ID authentication with a bit changed
damage()
{
    python3 - "$1" <<'EOF'
import base64, sys

auth = bytearray(base64.b64decode(open("db_id_auth.b64").read()))
auth[int(sys.argv[1], 0)] ^= 1
open("damaged.b64", "w").write(base64.b64encode(auth).decode())
EOF
}

run "$CVMDOM" lint own.yaml --set launchSecurity.authorKey=true
expect_status 0
expect_out '^no findings'
run "$CVMDOM" lint own.yaml --set launchSecurity.authorKey=true --firmware-root /
expect_status 0
expect_out '^no findings'
lint_says 'signed for another launch' own.yaml --set vcpu=3 --firmware-root /
run "$CVMDOM" lint own.yaml --set vcpu=3
check "no file is read unasked" sh -c '! grep -q CVM809 "$1"' sh "$work/out"
run "$CVMDOM" lint own.yaml --firmware-root made
expect_out 'note: .*could not be looked at.*\[CVM809\]'
damage 0x41
lint_says "signature in 'idAuth' is not of this 'idBlock'" own.yaml --set 'launchSecurity.idAuth={file: damaged.b64}'
damage 0x0
lint_says 'ECDSA P-384' own.yaml --set 'launchSecurity.idAuth={file: damaged.b64}'
damage 0x240
lint_says 'no public key' own.yaml --set 'launchSecurity.idAuth={file: damaged.b64}'
damage 0x681
lint_says "author key's signature" own.yaml --set 'launchSecurity.idAuth={file: damaged.b64}' --set launchSecurity.authorKey=true
run "$CVMDOM" lint own.yaml --set 'launchSecurity.idAuth={file: damaged.b64}'
expect_status 0
expect_out "warning: .*author key's signature.*\\[CVM809\\]"
# The policy is one rule's, not two's.
run "$CVMDOM" lint own.yaml --set launchSecurity.policy=0x20000
expect_status 1
expect_out '\[CVM216\]'
check "not said twice" sh -c '! grep -q CVM809 "$1"' sh "$work/out"

# A configuration and comments are obeyed.
damage 0x41
sed 's/db_id_auth/damaged/; s/^launchSecurity.*/& # cvmdom: ignore=CVM809: tried on purpose/' own.yaml >suppressed.yaml
run "$CVMDOM" lint suppressed.yaml
expect_status 0
expect_out '1 suppressed'
sed 's/db_id_auth/damaged/' own.yaml >damaged.yaml
run "$CVMDOM" lint damaged.yaml --ignore CVM809
expect_status 0
run "$CVMDOM" lint damaged.yaml --set-severity CVM809=note
expect_status 0
expect_out 'note: .*\[CVM809\]'

# ---- libcvmdom-attest ----

command=$builddir/src/.libs/cvmdom
if [ -x "$command" ] && [ -e "$builddir/src/.libs/libcvmdom.so.0" ]; then
    mkdir lib
    cp "$builddir"/src/.libs/libcvmdom.so.* lib/
    run env LD_LIBRARY_PATH="$work/lib" "$command" lint damaged.yaml
    if grep -q 'CVM809\]' "$work/out"; then
        echo "another libcvmdom-attest is installed"
    else
        expect_status 0
        expect_out '1 rule not run \(libcvmdom-attest is not installed\): CVM809'
        run env LD_LIBRARY_PATH="$work/lib" "$command" lint db.yaml
        check "nothing to say without an ID block" sh -c '! grep -q attest "$1"' sh "$work/out"
    fi
fi
finish
