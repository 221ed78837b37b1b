#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What commands of attestation are given: large files in little memory, and directories, FIFOs and devices where a file
# is expected, which are an error at once.
. "${srcdir:?}/tests/harness.sh"
need python3 mkfifo truncate timeout
cd "$work" || exit 99

platform=$srcdir/tests/platform
python3 "$srcdir/tests/tools/make_ovmf.py" firmware.fd --like amdsev --size 0x20000 || exit 99

# guest TYPE POLICY
guest()
{
    cat >guest.yaml <<YAML
name: guest
launchSecurity: {type: $1, policy: $2, kernelHashes: true}
memory: 1GiB
vcpu: 2
cpu: EPYC-Milan
os:
  firmware: {loader: $work/firmware.fd, type: rom, stateless: true}
  kernel: $work/kernel
  initrd: $work/initrd
YAML
}

# peak COMMAND…: runs it, and keeps the kilobytes that it had in memory at most in $peak.
peak()
{
    run_line="$*"
    status=0
    python3 -c '
import resource, subprocess, sys
status = subprocess.call(sys.argv[1:], stdout=open("out", "w"), stderr=open("err", "w"))
with open("peak", "w") as file:
    file.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(status)' "$@" || status=$?
    peak=$(cat peak)
}

# The sanitizers' own memory is not the command's.
expect_peak()
{
    [ -n "${ASAN_OPTIONS:-}" ] || check "'$run_line' takes $peak kB, more than $1" test "$peak" -lt "$1"
}

# ---- large ----

head -c 65536 /dev/zero >kernel
truncate -s 256M initrd
guest sev-snp 0x30000
peak "$CVMDOM" measure guest.yaml
expect_status 0
expect_peak 65536
guest sev-es 7
peak "$CVMDOM" measure guest.yaml --explain
expect_status 0
expect_peak 65536
truncate -s 1M initrd

python3 "$srcdir/tests/tools/make_ovmf.py" tail --like amdsev --size 0x10000 || exit 99
truncate -s 67043328 largest.fd # 64 MiB without those of the tail
cat tail >>largest.fd
peak "$CVMDOM" measure guest.yaml --firmware largest.fd
expect_status 0
expect_peak 163840
printf x >more
cat largest.fd >>more
run "$CVMDOM" measure guest.yaml --firmware more
expect_status 2
expect_err "'more' is larger than 67108864 bytes"

# documents of 10 MiB
{
    printf '<domain type="kvm"><name>x</name><description>'
    head -c 10485000 /dev/zero | tr '\0' x
    printf '</description><launchSecurity type="sev"><policy>3</policy></launchSecurity></domain>'
} >large.xml
peak timeout 60 "$CVMDOM" measure large.xml
expect_status 1
expect_peak 262144
cat large.xml large.xml >larger.xml
peak timeout 60 "$CVMDOM" measure larger.xml
expect_status 2
expect_err "'larger.xml' is larger than"

# ---- no files ----

mkfifo fifo
mkdir folder
printf '0123456789abcdef' >key
ln -s loop loop
platform_chain=$platform/one.chain
measurement=$(printf '%048d' 0 | base64)

# attempt COMMAND…: an error or a finding of that severity within the time, and no digest. 124 is timeout's.
attempt()
{
    run timeout 20 "$CVMDOM" "$@"
    check "'$run_line' exited with $status" test "$status" -ge 1 -a "$status" -lt 124
    check "'$run_line' gives no reason: $(cat "$work/err")" given_reason
    check "'$run_line' prints a digest" not_printed
}

given_reason()
{
    grep -v 'no --host given' "$work/err" | grep -qE 'error: |^cvmdom: '
}

not_printed()
{
    ! grep -qE '[0-9a-f]{64}' "$work/out"
}

guest sev-snp 0x30000
for thing in fifo folder /dev/zero /dev/null loop missing; do
    attempt measure guest.yaml --firmware "$thing"
    attempt measure guest.yaml --kernel "$thing"
    attempt measure guest.yaml --initrd "$thing"
done
# What an option names is waited for when it is a FIFO, as 'cvmdom session --pdh <(virsh …)' wants it.
guest sev 3
for thing in folder /dev/zero /dev/null loop missing; do
    attempt session guest.yaml --pdh "$thing"
    attempt session guest.yaml --pdh "$platform_chain" --ca "$thing"
    # shellcheck disable=SC2086 # words are wanted
    for keys in "--tik $thing --tek key" "--tik key --tek $thing" "--tk $thing"; do
        attempt verify guest.yaml --measurement "$measurement" --api-major 1 --api-minor 55 --build-id 21 $keys
    done
done
cat key >fifo &
# shellcheck disable=SC2086 # words are wanted
run timeout 20 "$CVMDOM" verify guest.yaml --measurement "$measurement" --api-major 1 --api-minor 55 --build-id 21 --tik fifo --tek key
expect_status 1
check "nothing was written" test "$(find . -name '*_t?k.bin' -o -name '*.b64' | wc -l)" -eq 0
guest sev-snp 0x30000
for thing in folder /dev/zero /dev/null loop missing; do
    attempt idblock guest.yaml --id-key "$thing"
    attempt verify guest.yaml --report "$thing" --vcek key
    attempt verify guest.yaml --report key --vcek "$thing"
done
finish
