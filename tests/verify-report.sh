#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `cvmdom verify --report`: verdicts, exit statuses, explanations. Reports and certificates are of a made-up platform
# (tests/tools/make_report.c); what is accepted here the command openssl accepts, too.
. "${srcdir:?run this by make check}/tests/harness.sh"

need python3 openssl
maker=$builddir/tests/tools/make_report
[ -x "$maker" ] || skip "no tests/tools/make_report: make check builds it"
firmware=$work/firmware.fd
other=$work/other.fd
python3 "$srcdir/tests/tools/make_ovmf.py" "$firmware" --like amdsev --size 0x20000
python3 "$srcdir/tests/tools/make_ovmf.py" "$other" --like amdsev --size 0x30000
printf 'a kernel' >"$work/kernel"
printf 'an initrd' >"$work/initrd"
asked=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f
printf '%s' "$asked" | python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))' >"$work/asked"

# profile [LAUNCH-KEYS]: a guest of 4 vCPUs
profile()
{
    cat >"$work/guest.yaml" <<YAML
name: guest
launchSecurity: {type: sev-snp, policy: 0x30000, kernelHashes: true${1:+, $1}}
memory: 1GiB
vcpu: 4
cpu: EPYC-Milan
os:
  firmware: {loader: $firmware, type: rom, stateless: true}
  kernel: $work/kernel
  initrd: $work/initrd
  cmdline: quiet
YAML
}

# measure OPTION…: the digest of the guest that is started with these options
measure()
{
    "$CVMDOM" measure "$work/guest.yaml" "$@" 2>"$work/measure.err" || fail "measure: $(cat "$work/measure.err")"
}

# report FOLDER DIGEST [turin|vlek] [OFFSET=HEX]…: what the platform says of it
report()
{
    folder=$work/$1
    digest=$2
    shift 2
    mkdir -p "$folder"
    "$maker" "$srcdir/tests/attestation" "$folder" "0x90=$digest" "$@" || fail "make_report $*"
}

# verify OPTION…: of the last report
verify()
{
    run "$CVMDOM" verify "$work/guest.yaml" --report "$folder/report.bin" "$@"
}

# signed OPTION…: with the certificates of the last report
signed()
{
    verify --vcek "$folder/vcek.pem" --ca "$folder/ca.pem" --ark "$(cat "$folder/ark.sha256")" "$@"
}

# ---- it is signed, and of this launch ----

profile
report good "$(measure)" "0x50=$asked"
signed --report-data "$asked"
expect_status 0
expect_out "^'guest': OK: "
expect_out "^  ok  *MEASUREMENT  *$(measure)\$"
expect_out '^  ok  *POLICY  *0x30000 '
expect_out '^  signed  *VCEK by ASK  *RSA-PSS-SHA384$'
check 'nothing to warn of' sh -c '! grep -q warning "$1"' sh "$work/err"
signed --report-data "@$work/asked" --vmpl 0 --least-tcb snp=8,microcode=115 --quiet
expect_status 0
expect_silent out
verify --vcek "$folder/vcek.der" --ca "$folder/ca.pem"
expect_status 0
expect_err 'warning: .* anybody can make such a chain'
expect_err 'warning: .* may be an old one'
cat "$folder/vcek.pem" "$folder/ca.pem" >"$folder/all.pem"
verify --vcek "$folder/all.pem"
expect_status 3
expect_silent out
expect_err 'the ARK is in the file of the VCEK'
verify --vcek "$folder/all.pem" --insecure
expect_status 0
verify --vcek "$folder/all.pem" --ark "$(cat "$folder/ark.sha256")"
expect_status 0
signed --format json
expect_status 0
check 'JSON of a match' python3 -c '
import json, sys
verdict = json.load(open(sys.argv[1]))
assert verdict["version"] == 1 and verdict["type"] == "sev-snp" and verdict["name"] == "guest"
assert all(verdict[key] is True for key in ("matches", "signed", "pinned", "fieldsMatch"))
assert verdict["reason"] is None and verdict["explanations"] == []
assert [link["subject"] for link in verdict["chain"]] == ["ARK", "ASK", "VCEK", "REPORT"]
fields = {field["name"]: field for field in verdict["fields"]}
assert fields["MEASUREMENT"]["reported"] == fields["MEASUREMENT"]["expected"] == sys.argv[2]
assert fields["CHIP_ID"]["expected"] is None and fields["CHIP_ID"]["matches"] is True
' "$work/out" "$(measure)"

# The same by openssl: the chain, and the signature when its two numbers are written as DER.
python3 - "$folder" <<'PYTHON'
import sys

folder = sys.argv[1]
report = open(folder + "/report.bin", "rb").read()
assert len(report) == 1184
numbers = [int.from_bytes(report[at:at + 72], "little") for at in (0x2A0, 0x2A0 + 72)]


def tagged(tag, content):
    return bytes([tag, len(content)]) + content


der = b"".join(tagged(2, n.to_bytes(n.bit_length() // 8 + 1, "big")) for n in numbers)
open(folder + "/signature.der", "wb").write(tagged(0x30, der))
open(folder + "/signed.bin", "wb").write(report[:0x2A0])
PYTHON
awk -v folder="$folder" '/BEGIN/ { n++ } { print >(folder "/ca" n ".pem") }' "$folder/ca.pem"
openssl x509 -in "$folder/vcek.pem" -noout -pubkey >"$folder/vcek.pub"
check 'openssl verifies the chain' openssl verify -no_check_time -CAfile "$folder/ca2.pem" -untrusted "$folder/ca1.pem" \
    "$folder/vcek.pem"
check 'openssl verifies the report' openssl dgst -sha384 -verify "$folder/vcek.pub" -signature "$folder/signature.der" \
    "$folder/signed.bin"

# Other forms of the same report.
python3 - "$folder" <<'PYTHON'
import sys

report = open(sys.argv[1] + "/report.bin", "rb").read()
answer = bytes(4) + (1184).to_bytes(4, "little") + bytes(24) + report
open(sys.argv[1] + "/answer.bin", "wb").write(answer)
open(sys.argv[1] + "/buffer.bin", "wb").write(answer.ljust(4000, b"\0"))
open(sys.argv[1] + "/short.bin", "wb").write(report[:1183])
PYTHON
for form in answer buffer; do
    run "$CVMDOM" verify "$work/guest.yaml" --report "$folder/$form.bin" --vcek "$folder/vcek.pem" --ca "$folder/ca.pem"
    expect_status 0
done
run "$CVMDOM" verify "$work/guest.yaml" --report "$folder/short.bin" --vcek "$folder/vcek.pem" --ca "$folder/ca.pem"
expect_status 6
expect_err 'short.bin: this is no attestation report .* 1183 bytes'
expect_silent out

# The same guest as domain XML, and other platforms.
"$CVMDOM" render "$work/guest.yaml" -o "$work/guest.xml" 2>"$work/render.err" || fail "render: $(cat "$work/render.err")"
run "$CVMDOM" verify "$work/guest.xml" --report "$folder/report.bin" --vcek "$folder/vcek.pem" --ca "$folder/ca.pem"
expect_status 0
for platform in turin vlek; do
    report $platform "$(measure)" $platform
    signed
    expect_status 0
done
expect_out '^  signed  *VLEK by ASVK  *RSA-PSS-SHA384$'

# ---- nobody vouches for it ----

# untrusted PATTERN OPTION…: and why
untrusted()
{
    pattern=$1
    shift
    verify "$@"
    expect_status 1
    expect_out "^'guest': NOT VERIFIED: nobody vouches "
    tr '\n' ' ' <"$work/out" >"$work/line"
    check "nothing of '$pattern' in: $(cat "$work/line")" grep -qe "$pattern" "$work/line"
    check 'no field of it is shown' sh -c '! grep -q MEASUREMENT "$1"' sh "$work/out"
}

report good "$(measure)"
untrusted 'not the one that is insisted on' --vcek "$folder/vcek.pem" --ca "$folder/ca.pem" --ark \
    "$(printf '%064d' 0)"
untrusted 'not enough for a chain' --vcek "$folder/vcek.pem"
untrusted 'not signed by the key of this VCEK' --vcek "$work/turin/vcek.pem" --ca "$work/turin/ca.pem"
untrusted 'not named like one' --vcek "$work/vlek/vcek.pem" --ca "$work/vlek/ca.pem"
untrusted 'do not sign each other' --vcek "$folder/vcek.pem" --ca "$work/turin/ca.pem"
verify --vcek "$folder/vcek.pem" --ca "$folder/ca.pem" --vcpus 8 --format json
expect_status 1
check 'JSON of another launch' python3 -c '
import json, sys
verdict = json.load(open(sys.argv[1]))
assert verdict["matches"] is False and verdict["fieldsMatch"] is False
assert verdict["signed"] is True and verdict["pinned"] is False and verdict["reason"] is None
assert [why["what"] for why in verdict["explanations"]] == ["vcpus"]
' "$work/out"
python3 - "$folder/report.bin" "$folder/changed.bin" <<'PYTHON'
import sys

report = bytearray(open(sys.argv[1], "rb").read())
report[0x30] ^= 1  # the VMPL
open(sys.argv[2], "wb").write(report)
PYTHON
run "$CVMDOM" verify "$work/guest.yaml" --report "$folder/changed.bin" --vcek "$folder/vcek.pem" --ca "$folder/ca.pem" \
    --format json
expect_status 1
check 'JSON of a report that was changed' python3 -c '
import json, sys
verdict = json.load(open(sys.argv[1]))
assert verdict["matches"] is False and verdict["signed"] is False and verdict["fieldsMatch"] is False
assert "was changed" in verdict["reason"] and verdict["fields"] == [] and verdict["chain"] == []
' "$work/out"

# Only fields: it never says OK.
verify --fields-only
expect_status 3
expect_out "^'guest': NOT VERIFIED: the fields are those of this launch, but nobody vouches"
verify --fields-only --insecure
expect_status 3
verify --fields-only --vcpus 8
expect_status 1

# ---- it is not of this launch ----

# differs FIELD OPTION…: of the last report
differs()
{
    field=$1
    shift
    signed "$@"
    expect_status 1
    expect_out "^'guest': NOT VERIFIED: the report is not of this launch"
    expect_out "^  differs  *$field "
    check "'$field' alone differs: $(grep '^  differs' "$work/out")" sh -c '[ "$(grep -c "^  differs" "$1")" = 1 ]' sh "$work/out"
    tr '\n' ' ' <"$work/out" >"$work/line"
}

# explained PATTERN OPTION…: a guest that was started with these options, and why it differs
explained()
{
    pattern=$1
    shift
    report other "$(measure "$@")"
    differs MEASUREMENT
    check "nothing of '$pattern' in: $(cat "$work/line")" grep -qe "$pattern" "$work/line"
}

explained 'a guest of 2 vCPUs instead of 4' --vcpus 2
explained 'SEV_FEATURES 0x21 instead of 0x1' --features 0x21
explained '(EPYC-Genoa) instead of' --cpu EPYC-Genoa
explained 'without the hashes of kernel' --kernel-hashes no
report other "$(measure --firmware "$other")"
differs MEASUREMENT
expect_out '^Nothing that was tried explains the MEASUREMENT'
differs MEASUREMENT --try-firmware "$other"
check 'the other firmware is found' grep -qF "of the firmware '$other'" "$work/line"

report other "$(measure)" 0x08=00000b0000000000
signed
expect_status 1
expect_out '^  differs  *POLICY.DEBUG  *1$'
report other "$(measure)" 0xc0=01
differs HOST_DATA
report other "$(measure)" 0x04=01
differs GUEST_SVN
report other "$(measure)" 0x30=ffffffff
differs VMPL
report other "$(measure)" 0x30=01
signed
expect_status 0
differs VMPL --vmpl 0
differs REPORT_DATA --report-data "$asked"
differs REPORTED_TCB --least-tcb snp=9

# What the profile says of it.
profile "hostData: $(printf 'thirty-two bytes of host data...' | base64)"
report other "$(measure)" "0xc0=$(printf 'thirty-two bytes of host data...' | od -An -v -tx1 | tr -d ' \n')"
signed
expect_status 0

# An ID block: family, image, SVN and both keys.
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out "$work/id.key" 2>/dev/null
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out "$work/author.key" 2>/dev/null
profile
"$CVMDOM" idblock "$work/guest.yaml" --id-key "$work/id.key" --author-key "$work/author.key" --family-id family --image-id image \
    --svn 7 -o "$work/id" >"$work/id.out" 2>"$work/id.err" || fail "idblock: $(cat "$work/id.err")"
profile "authorKey: true, idBlock: {file: $work/id_id_block.b64}, idAuth: {file: $work/id_id_auth.b64}"
digest_of()
{
    base64 -d "$work/id_id_auth.b64" | tail -c "+$(($1 + 1))" | head -c 1028 | openssl dgst -sha384 -r | cut -d' ' -f1
}
id_patches="0x04=07 0x10=66616d696c79 0x20=696d616765 0x48=01 0xe0=$(digest_of 0x240) 0x110=$(digest_of 0x880)"
# shellcheck disable=SC2086 # words are wanted
report id "$(measure)" $id_patches
signed
expect_status 0
expect_out "^  ok  *ID_KEY_DIGEST  *$(digest_of 0x240)\$"
for patch in '0x04=08 GUEST_SVN' '0x11=62 FAMILY_ID' '0x20=00 IMAGE_ID' '0x48=00 AUTHOR_KEY_EN' '0xe0=00 ID_KEY_DIGEST' '0x110=00 AUTHOR_KEY_DIGEST'; do
    # shellcheck disable=SC2086
    report id "$(measure)" $id_patches "${patch% *}"
    differs "${patch#* }"
done
profile
# shellcheck disable=SC2086
report id "$(measure)" $id_patches
signed
expect_status 1
expect_out '^The guest was started with an ID block, and the document has none'

# ---- what would prove little, and what is wrong usage ----

report good "$(measure)"
signed --policy 0xb0000
expect_status 3
expect_err 'bit 19, debug, is set'
report debug "$(measure)" 0x08=00000b0000000000
signed --policy 0xb0000 --insecure
expect_status 0
expect_err 'warning: the policy allows debugging'
report good "$(measure)"
signed --policy 0x70000
expect_status 3
expect_err 'migration agent'

verify
expect_status 2
expect_err 'vcek is missing'
verify --fields-only --vcek "$folder/vcek.pem"
expect_status 2
signed --vmpl 4
expect_status 2
signed --report-data 00
expect_status 2
expect_err '128 hexadecimal digits'
signed --report-data "@$work/kernel"
expect_status 6
signed --least-tcb spl=3
expect_status 2
verify --vcek "$folder/vcek.pem" --ca "$folder/ca.pem" --ark 12
expect_status 2
verify --vcek "$work/kernel" --ca "$folder/ca.pem"
expect_status 6
expect_err 'something else in it'
verify --vcek "$work/nothing" --ca "$folder/ca.pem"
expect_status 6
run "$CVMDOM" verify "$work/guest.yaml" --vcek "$folder/vcek.pem"
expect_status 2
signed --measurement AAAA
expect_status 2
sed 's/sev-snp/sev-es/; s/0x30000/0x7/' "$work/guest.yaml" >"$work/es.yaml"
run "$CVMDOM" verify "$work/es.yaml" --report "$folder/report.bin" --vcek "$folder/vcek.pem" --ca "$folder/ca.pem"
expect_status 2
expect_err 'no SEV-SNP guest'

finish
