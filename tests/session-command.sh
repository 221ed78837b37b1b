#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# 'session': four files or none, which 'render' takes; how far a platform's certificates are trusted; and that what
# comes out is what the platform can unwrap, by the command openssl alone.
. "${srcdir:?}/tests/harness.sh"
cd "$work" || exit 99

platform=$srcdir/tests/platform
host=$srcdir/profiles/hosts/epyc-rome-sev.xml
ark()
{
    tail -c "$(($(wc -c <"$1") / 2))" "$1" | sha256sum | cut -d ' ' -f 1
}

cat >db.yaml <<'YAML'
name: db
launchSecurity:
  type: sev-es
  policy: 0x37010007
  dhCert: {file: db_godh.b64}
  session: {file: db_session.b64}
memory: 2GiB
vcpu: 2
YAML

# session ARGUMENT…: for the profile and its host.
session()
{
    run "$CVMDOM" session db.yaml --host "$host" "$@"
}

expect_no_files()
{
    check "'$run_line' leaves nothing" test -z "$(ls | grep -E '_(tik|tek|godh|session)[.]|[.]b(in|64)[.]')"
}

expect_file()
{
    check "'$1' has $2 bytes" test "$(wc -c <"$1")" -eq "$2"
    check "'$1' has mode $3" test "$(stat -c %a "$1")" = "$3"
}

# ---- four files, and what 'render' makes of them ----

session --pdh "$platform/one.chain" --ca "$platform/one.ca" --ark "$(ark "$platform/one.ca")"
expect_status 0
expect_silent err
expect_out 'PDH < PEK  ECDSA-SHA256  [0-9a-f]{64}$'
expect_out 'ARK < ARK  RSA-SHA256'
expect_out 'The chain ends in the ARK that --ark names'
expect_out 'with the policy 0x37010007'
expect_out '^  dhCert: \{file: db_godh.b64\}$'
expect_out '^  session: \{file: db_session.b64\}$'
expect_file db_tik.bin 16 600
expect_file db_tek.bin 16 600
expect_file db_godh.b64 2780 644
expect_file db_session.b64 172 644
check "keys differ" test "$(od -An -tx1 db_tik.bin)" != "$(od -An -tx1 db_tek.bin)"
check "base64 in one line, nothing behind it" test "$(cat db_godh.b64 db_session.b64 | wc -l)" -eq 0
run "$CVMDOM" render db.yaml --host "$host"
expect_status 0
check "the certificate is in the XML" grep -Fq "<dhCert>$(cat db_godh.b64)</dhCert>" out
check "the session is in the XML" grep -Fq "<session>$(cat db_session.b64)</session>" out
expect_out '<policy>0x37010007</policy>'

# ---- nothing is overwritten ----

for file in db_tik.bin db_tek.bin db_godh.b64 db_session.b64; do
    mkdir kept
    mv db_*.b?? kept/
    cp "kept/$file" .
    session --pdh "$platform/one.chain"
    expect_status 2
    expect_err "'$file' exists, and is not overwritten"
    check "'$file' is as it was" cmp -s "$file" "kept/$file"
    rm "$file"
    expect_no_files
    ln -s nowhere "$file"
    session --pdh "$platform/one.chain"
    expect_status 2
    check "a link that leads nowhere is not written through" test ! -e nowhere
    rm "$file"
    expect_no_files
    mv kept/* .
    rmdir kept
done
session --pdh "$platform/one.chain" --name other
expect_status 0
check "fresh keys" test "$(od -An -tx1 db_tik.bin)" != "$(od -An -tx1 other_tik.bin)"
check "a fresh certificate" test "$(cat db_godh.b64)" != "$(cat other_godh.b64)"
rm other_* db_*.b??
mkdir -m 700 sub
session --pdh "$platform/one.chain" --name sub/x
expect_status 0
expect_out "dhCert: \{file: $work/sub/x_godh.b64\}"
expect_file sub/x_tik.bin 16 600
session --pdh "$platform/one.chain" --name nosuch/x
expect_status 2
expect_err "cannot write 'nosuch/x_tik.bin'"
expect_no_files

# ---- certificates in other forms ----

head -c 2084 "$platform/one.chain" >pdh.cert
tail -c +2085 "$platform/one.chain" >rest.cert
tail -c 2084 "$platform/one.chain" >cek.cert
base64 pdh.cert >pdh.b64
base64 -w 0 rest.cert >rest.b64
cat "$platform/one.chain" "$platform/one.ca" >full.chain

# expect_session TEXT ARGUMENT…: one is made, and the text said on the way.
expect_session()
{
    text=$1
    shift
    session "$@"
    expect_status 0
    cat err >>out
    expect_out "$text"
    check "a file of the session" test -s db_session.b64
    rm -f db_*.b??
}

expect_session 'warning: the PDH is taken on trust' --pdh pdh.cert
expect_session 'warning: the PDH is taken on trust' --pdh pdh.b64
expect_session 'its chain ends in the CEK' --pdh "$platform/one.chain"
expect_session 'its chain ends in the CEK' --pdh pdh.b64 --chain rest.b64
expect_session 'its chain ends in the CEK' --pdh pdh.b64 --chain "$platform/one.chain"
expect_session "ends in an ARK that anybody could have made.*--ark $(ark "$platform/one.ca")" --pdh full.chain
expect_session 'ARK that --ark names' --pdh full.chain --ark "$(ark "$platform/one.ca")"
expect_session 'ARK < ARK  RSA-SHA384' --pdh "$platform/large.chain" --ca "$platform/large.ca"

# The CEK as the platform exports it, without AMD's signature: 0x414 bytes, then two slots of nobody's.
{
    head -c 7296 "$platform/one.chain"
    for _ in 1 2; do
        printf '\0\020\0\0'
        head -c 516 /dev/zero
    done
} >exported.chain
expect_session 'its chain ends in the CEK' --pdh exported.chain
session --pdh exported.chain --ca "$platform/one.ca"
expect_status 1
expect_err 'the CEK has no signature of AMD'
expect_no_files
expect_session 'ARK that --ark names' --pdh exported.chain --cek cek.cert --ca "$platform/one.ca" \
    --ark "$(ark "$platform/one.ca")"

# ---- platforms that are not to be trusted ----

# refuse STATUS TEXT ARGUMENT…
refuse()
{
    expected=$1 text=$2
    shift 2
    session "$@"
    expect_status "$expected"
    expect_err "$text"
    expect_err 'no session was made'
    expect_silent out
    expect_no_files
}

refuse 1 'ends in another root' --pdh full.chain --ark "$(ark "$platform/two.ca")"
refuse 1 'the chain ends with the CEK' --pdh "$platform/one.chain" --ark "$(ark "$platform/one.ca")"
refuse 2 'a platform.s chain has the certificates' --pdh pdh.cert --ark "$(ark "$platform/one.ca")"
refuse 1 'CEK is not signed by the key of the ASK' --pdh "$platform/one.chain" --ca "$platform/two.ca"
refuse 3 'no SHA-256 of a certificate' --pdh full.chain --ark 1234
refuse 2 'in the place of the PDH there is the certificate of the PEK' --pdh rest.cert
head -c 2084 "$platform/two.chain" >stranger.cert
refuse 1 'the PDH is not signed by the key of the PEK' --pdh stranger.cert --chain rest.cert

# ---- what no session can be made from ----

run "$CVMDOM" session db.yaml --host "$host"
expect_status 3
expect_err 'name its certificate with --pdh'
session --pdh nosuch.cert
expect_status 2
expect_err "'nosuch.cert'"
session --pdh db.yaml
expect_status 2
expect_err "'db.yaml' is no certificate of a platform"
session --pdh full.chain --chain rest.cert
expect_status 3
expect_err 'a --pdh that is a PDH alone'
session --pdh pdh.cert --cek cek.cert
expect_status 3
expect_err 'there is no chain'
session --pdh full.chain --cek rest.cert
expect_status 2
expect_err "'rest.cert' is no CEK"
session --pdh full.chain --name ''
expect_status 3
printf 'name: x\nlaunchSecurity: {type: sev-snp}\nmemory: 1GiB\nvcpu: 1\n' >snp.yaml
run "$CVMDOM" session snp.yaml --pdh full.chain
expect_status 1
expect_err "SEV-SNP guest, which takes no session.*'cvmdom idblock'"
printf 'name: x\nlaunchSecurity: {type: none}\nmemory: 1GiB\nvcpu: 1\n' >none.yaml
run "$CVMDOM" session none.yaml --pdh full.chain
expect_status 1
expect_err 'is no SEV or SEV-ES guest'
{ cat db.yaml; echo ---; cat db.yaml; } >two.yaml
run "$CVMDOM" session two.yaml --host "$host" --pdh full.chain
expect_status 3
expect_no_files

# ---- domain XML ----

session --pdh full.chain
run "$CVMDOM" render db.yaml --host "$host"
mv out db.xml
rm db_*.b??
run "$CVMDOM" session db.xml --pdh full.chain
expect_status 0
expect_out "'db_godh.b64' belongs into <dhCert>"
expect_out 'with the policy 0x37010007'
rm db_*.b??

# ---- the platform's side, by the command openssl ----

if ! command -v openssl >/dev/null || ! command -v xxd >/dev/null; then
    echo "no openssl or xxd: what the platform does is not played"
    finish
fi
hex()
{
    xxd -p -c 1000000
}
# mac KEY MESSAGE, all hexadecimal
mac()
{
    printf %s "$2" | xxd -r -p | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$1" -r | cut -d ' ' -f 1
}
# kdf KEY LABEL CONTEXT
kdf()
{
    mac "$1" "01000000$(printf %s "$2" | hex)00${3}80000000" | cut -c 1-32
}
# part OFFSET SIZE: of the session blob
part()
{
    base64 -d db_session.b64 | tail -c "+$(($1 + 1))" | head -c "$2" | hex
}
# coordinate OFFSET: of the certificate's public key, in big endian
coordinate()
{
    base64 -d db_godh.b64 | tail -c "+$(($1 + 1))" | head -c 48 | xxd -p -c 1 | tac | tr -d '\n'
}

session --pdh full.chain
# SubjectPublicKeyInfo of a key on P-384
printf '3076301006072a8648ce3d020106052b8104002203620004%s%s' "$(coordinate 20)" "$(coordinate 92)" |
    xxd -r -p >owner.der
openssl pkey -pubin -inform DER -in owner.der -out owner.pem
secret=$(openssl pkeyutl -derive -inkey "$platform/one.pdh.pem" -peerkey owner.pem | hex)
master=$(kdf "$secret" sev-master-secret "$(part 0 16)")
kek=$(kdf "$master" sev-kek '')
kik=$(kdf "$master" sev-kik '')
check "the MAC of the wrapped keys holds" test "$(mac "$kik" "$(part 16 32)")" = "$(part 64 32)"
unwrapped=$(part 16 32 | xxd -r -p | openssl enc -d -aes-128-ctr -K "$kek" -iv "$(part 48 16)" | hex)
check "TEK and TIK come out" test "$unwrapped" = "$(cat db_tek.bin db_tik.bin | hex)"
check "the MAC of the policy holds" test "$(mac "$(hex <db_tik.bin)" 07000137)" = "$(part 96 32)"
check "the MAC of another policy does not" test "$(mac "$(hex <db_tik.bin)" 07000000)" != "$(part 96 32)"
finish
