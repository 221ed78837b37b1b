#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `cvmdom verify` of a measurement that is given: verdicts, exit statuses, explanations. What the platform answers is
# calculated by tests/tools/measurement.py.
. "${srcdir:?run this by make check}/tests/harness.sh"

need python3
firmware=$work/firmware.fd
other=$work/other.fd
python3 "$srcdir/tests/tools/make_ovmf.py" "$firmware" --like amdsev --size 0x20000
python3 "$srcdir/tests/tools/make_ovmf.py" "$other" --like amdsev --size 0x30000
printf 'integrity key 16' >"$work/tik"
printf 'encryption keys.' >"$work/tek"
cat "$work/tek" "$work/tik" >"$work/tk"
printf 'a kernel' >"$work/kernel"
printf 'an initrd' >"$work/initrd"

# profile TYPE POLICY [OS-KEYS]: a guest of 4 vCPUs
profile()
{
    cat >"$work/guest.yaml" <<YAML
name: guest
launchSecurity: {type: $1, policy: $2${4:+, $4}}
memory: 1GiB
vcpu: 4
cpu: EPYC-Milan
os: {firmware: {loader: $firmware, type: rom, stateless: true}${3:+, $3}}
YAML
}

# answer POLICY OPTION…: what a platform reports that starts the guest with these options of 'measure'
answer()
{
    answer_policy=$1
    shift
    digest=$("$CVMDOM" measure "$work/guest.yaml" "$@" 2>"$work/measure.err") || fail "measure: $(cat "$work/measure.err")"
    python3 "$srcdir/tests/tools/measurement.py" --digest "$digest" --tik "$work/tik" --policy "$answer_policy"
}

# verify MEASUREMENT OPTION…
verify()
{
    measurement=$1
    shift
    run "$CVMDOM" verify "$work/guest.yaml" --measurement "$measurement" --tik "$work/tik" --tek "$work/tek" \
        --api-major 1 --api-minor 55 --build-id 21 "$@"
}

# Nothing that is secret, and not the HMAC that would have been right, whose base64 is $1.
expect_discreet()
{
    hmac=$(printf %s "$1" | base64 -d | head -c 32 | od -An -tx1 | tr -d ' \n')
    for secret in "$hmac" "$(printf %.40s "$1")" 'integrity key' 'encryption key'; do
        check "'$secret' is printed" sh -c '! grep -rqie "$1" "$2" "$3"' sh "$secret" "$work/out" "$work/err"
    done
}

# ---- it matches ----

profile sev 3
good=$(answer 3)
verify "$good"
expect_status 0
expect_out "^'guest': OK: "
expect_out '^  policy  *0x3 '
expect_out "^  firmware  *$firmware\$"
expect_discreet "$good"
verify "$good" --quiet
expect_status 0
expect_silent out
run "$CVMDOM" verify "$work/guest.yaml" -m "$good" --tk "$work/tk" --api-major 0x1 --api-minor 0x37 --build-id 0x15
expect_status 0
verify "$good" --format json
expect_status 0
check 'JSON of a match' python3 -c '
import json, sys
verdict = json.load(open(sys.argv[1]))
assert verdict["matches"] is True and verdict["version"] == 1 and verdict["explanations"] == []
assert verdict["type"] == "sev" and verdict["sevFirmware"] == {"api": "1.55", "build": 21}
' "$work/out"

profile sev-es 7
verify "$(answer 7)"
expect_status 0
expect_out '^  vCPUs  *4$'
expect_out '^  vCPU state  *signature 0x00a00f11, .* legacy$'
verify "$(answer 7 --vmsa fpu --features 0x20 --vcpus 2 --cpu EPYC-Rome)" --vmsa fpu --features 0x20 --vcpus 2 \
    --cpu EPYC-Rome
expect_status 0

profile sev 3 "kernel: $work/kernel, initrd: $work/initrd, cmdline: 'console=ttyS0 quiet'" 'kernelHashes: true'
with_kernel=$(answer 3)
verify "$with_kernel"
expect_status 0
expect_out '^  command line  *console=ttyS0 quiet$'

# ---- it does not ----

# differs MEASUREMENT PATTERN [OPTION…]: and why
differs()
{
    differing=$1
    pattern=$2
    shift 2
    verify "$differing" "$@"
    expect_status 1
    expect_out "^'guest': NOT VERIFIED: "
    tr '\n' ' ' <"$work/out" >"$work/line"
    check "nothing of '$pattern' in: $(cat "$work/line")" grep -qe "$pattern" "$work/line"
}

differs "$(answer 3 --kernel-hashes no)" 'booted any kernel'
differs "$(answer 3 --cmdline 'console=ttyS0 quiet ')" 'Nothing that was tried'
differs "$(answer 3 --cmdline '')" 'empty kernel command line'
profile sev-es 7
differs "$(answer 7 --vcpus 64)" '64 vCPUs instead of 4'
differs "$(answer 7 --vmsa fpu)" 'verify with --vmsa fpu'
differs "$(answer 7 --features 0x20)" 'DebugSwap'
differs "$(answer 5)" 'policy 0x5 (nodbg,es) instead of 0x7'
differs "$(answer 6)" 'debug commands'
differs "$(answer 3 --policy 3)" 'a plain SEV guest'
differs "$(answer 7 --firmware "$other")" "firmware '$other'" --try-firmware "$other"
differs "$(answer 7 --firmware "$other")" 'Nothing that was tried'
differs "$(answer 7)" 'build 21 instead of 1.55, build 4' --build-id 4
verify "$(answer 7 --vcpus 8)" --format json
expect_status 1
check 'JSON of a difference' python3 -c '
import json, sys
verdict = json.load(open(sys.argv[1]))
assert verdict["matches"] is False and [why["what"] for why in verdict["explanations"]] == ["vcpus"]
' "$work/out"
good=$(answer 7)
run "$CVMDOM" verify "$work/guest.yaml" -m "$good" --tik "$work/tek" --tek "$work/tik" --api-major 1 --api-minor 55 \
    --build-id 21
expect_status 1
expect_out 'TIK and TEK change places'
# the expected one is never told, not even to who asks with zeros
zeros=$(head -c 32 /dev/zero | cat - "$work/tek" | base64 -w0)
nonce=$(od -An -tx1 "$work/tek" | tr -d ' \n')
digest=$("$CVMDOM" measure "$work/guest.yaml" 2>/dev/null)
wanted=$(python3 "$srcdir/tests/tools/measurement.py" --digest "$digest" --tik "$work/tik" --policy 7 --nonce "$nonce")
differs "$zeros" 'Nothing that was tried'
expect_discreet "$wanted"
verify "$zeros" --format json
expect_status 1
expect_discreet "$wanted"

# ---- wrong usage: 2 ----

usage()
{
    run "$CVMDOM" verify "$@"
    expect_status 2
    expect_silent out
    expect_err 'verify --help'
}

guest=$work/guest.yaml
keys="--tik $work/tik --tek $work/tek"
version='--api-major 1 --api-minor 55 --build-id 21'
usage
usage "$guest" --nonsense
usage "$guest" --measurement
usage "$guest" "$guest"
# shellcheck disable=SC2086 # lists of options
{
    usage "$guest" $version -m "$good"
    usage "$guest" $version -m "$good" --tik "$work/tik"
    usage "$guest" $version -m "$good" $keys --tk "$work/tk"
    usage "$guest" $version $keys
    usage "$guest" -m "$good" --api-major 1 --api-minor 55 $keys
    usage "$guest" -m "$good" --api-major 1 --build-id 21 $keys
    usage "$guest" -m "$good" --api-minor 55 --build-id 21 $keys
    usage "$guest" -m "$good" $version $keys --domain guest
    usage "$guest" -m "$good" $version $keys --ignore-config
    usage "$guest" -m "$good" $version $keys --vmpl 1
    usage "$guest" -m "$good" $version $keys --report "$work/tik"
    usage "$guest" -m "$good" --api-major 256 --api-minor 55 --build-id 21 $keys
    usage "$guest" -m "$good" --api-major 1 --api-minor -1 --build-id 21 $keys
    usage "$guest" -m "$good" --api-major 1 --api-minor 55 --build-id 1x $keys
    usage "$guest" -m "$good" --api-major 0x --api-minor 55 --build-id 1 $keys
}
# an answer that is none, and keys that are none
for blob in '' AAAA "${good}AAAA" "$(printf %s "$good" | cut -c 1-60)" "${good%?}!" "$good "; do
    verify "$blob"
    expect_status 2
    expect_err 'measurement'
done
run "$CVMDOM" verify "$guest" -m "$good" --tik "$work/tk" --tek "$work/tek" --api-major 1 --api-minor 55 --build-id 21
expect_status 2
run "$CVMDOM" verify "$guest" -m "$good" --tk "$work/tek" --api-major 1 --api-minor 55 --build-id 21
expect_status 2
# two guests in one file
{ cat "$guest"; echo ---; sed 's/name: guest/name: second/' "$guest"; } >"$work/two.yaml"
# shellcheck disable=SC2086
run "$CVMDOM" verify "$work/two.yaml" -m "$good" $version $keys
expect_status 2
profile sev-snp 0x30000
verify "$good"
expect_status 2
expect_err '[-]-report'

# ---- it would prove little: 3 ----

profile sev 3
debug=$(answer 2)
verify "$debug" --policy 2
expect_status 3
expect_err 'nodbg'
expect_silent out
verify "$debug" --policy 2 --insecure
expect_status 0
expect_err 'warning: .*nodbg'
verify "$(answer 3)" --policy 2 --insecure
expect_status 1
# a document with that policy is refused, unless it gives a reason
profile sev 2
verify "$debug" --insecure
expect_status 3
expect_err 'CVM207'
sed -i 's/^launchSecurity.*/& # cvmdom: ignore=CVM207 -- to be debugged/' "$work/guest.yaml"
verify "$debug"
expect_status 3
verify "$debug" --insecure
expect_status 0
profile sev 3 "kernel: $work/kernel"
verify "$(answer 3)"
expect_status 3
expect_err 'kernelHashes'
profile sev 3
sed -i 's/, type: rom, stateless: true//' "$guest"
verify "$(answer 3)"
expect_status 3
expect_err 'NVRAM'
verify "$(answer 3)" --insecure
expect_status 0

# ---- the configuration: 4; anything else: 6 ----

profile none 0
sed -i 's/, policy: 0//; s/^launchSecurity.*/virtType: qemu\nlaunchSecurity: {type: none}/' "$guest"
verify "$good"
expect_status 4
profile sev 3
sed -i 's/^vcpu: 4/vcpu: 0/' "$guest"
verify "$good"
expect_status 4
profile sev 3
verify "$good" --firmware "$work/missing.fd"
expect_status 6
profile sev 3 "kernel: $work/missing" 'kernelHashes: true'
verify "$good"
expect_status 6
profile sev 3
run "$CVMDOM" verify "$guest" -m "$good" --tik "$work/missing" --tek "$work/tek" --api-major 1 --api-minor 55 --build-id 21
expect_status 6
run "$CVMDOM" verify "$work/missing.yaml" -m "$good" --tk "$work/tk" --api-major 1 --api-minor 55 --build-id 21
expect_status 6
verify "$(answer 1)" --try-firmware "$work/missing.fd"
expect_status 6
if [ -w /dev/full ]; then
    status=0
    "$CVMDOM" verify "$guest" -m "$(answer 3)" --tk "$work/tk" --api-major 1 --api-minor 55 --build-id 21 \
        >/dev/full 2>"$work/err" || status=$?
    check "a verdict that cannot be written gives $status" test "$status" -eq 6
fi
finish
