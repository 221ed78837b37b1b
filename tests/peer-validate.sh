#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# `cvmdom verify` beside libvirt's virt-qemu-sev-validate: what the one accepts the other accepts, what the one refuses the
# other refuses, with the same exit status. Measurements are of what `cvmdom measure` says, by tests/tools/measurement.py.
. "${srcdir:?run this by make check}/tests/harness.sh"
. "$srcdir/tests/peer.sh"

find_peer
firmware=$work/firmware.fd
python3 "$srcdir/tests/tools/make_ovmf.py" "$firmware" --like amdsev --size 0x20000
printf 'integrity key 16' >"$work/tik"
printf 'encryption keys.' >"$work/tek"
cat "$work/tek" "$work/tik" >"$work/tk"
head -c 100000 /dev/urandom >"$work/kernel"
head -c 300000 /dev/urandom >"$work/initrd"

# Of the guest at hand: $type, $policy, $image, $device (rom, pflash), $vcpus, $cpu, $sku (family, model, stepping), $boot (options of both).
describe()
{
    cat >"$work/guest.yaml" <<YAML
name: guest
launchSecurity: {type: $type, policy: $(printf 0x%x "$policy")}
memory: 1GiB
vcpu: $vcpus
cpu: $cpu
os: {firmware: {loader: $image, type: $device, stateless: true}}
YAML
}

# ours MEASUREMENT OPTION…, theirs MEASUREMENT OPTION…: keep $status; what is given last counts
ours()
{
    measurement=$1
    shift
    # shellcheck disable=SC2086 # lists of options
    run "$CVMDOM" verify "$work/guest.yaml" --measurement "$measurement" --tik "$work/tik" --tek "$work/tek" \
        --api-major 1 --api-minor 55 --build-id 21 $boot "$@"
}

theirs()
{
    measurement=$1
    shift
    # shellcheck disable=SC2046,SC2086
    run peer --measurement "$measurement" --tik "$work/tik" --tek "$work/tek" --api-major 1 --api-minor 55 --build-id 21 \
        --policy "$policy" --firmware "$image" $(peer_boot) $(peer_cpu) "$@"
}

# Its options are called otherwise, and a kernel that is given is hashed.
peer_boot()
{
    printf '%s' "$boot" | sed 's/--kernel-hashes yes//'
}

peer_cpu()
{
    [ "$type" = sev ] || printf -- '--num-cpus %s --cpu-family %s --cpu-model %s --cpu-stepping %s' "$vcpus" ${sku}
}

# both STATUS MEASUREMENT: of the guest at hand
both()
{
    ours "$2"
    expect_status "$1"
    theirs "$2"
    expect_status "$1"
}

answer()
{
    # shellcheck disable=SC2086
    digest=$("$CVMDOM" measure "$work/guest.yaml" $boot 2>"$work/measure.err") || {
        fail "measure: $(cat "$work/measure.err")"
        return
    }
    python3 "$srcdir/tests/tools/measurement.py" --digest "$digest" --tik "$work/tik" --policy "$policy" "$@"
}

# flip BYTE MEASUREMENT: with one bit changed
flip()
{
    printf %s "$2" | python3 -c '
import base64, sys
blob = bytearray(base64.b64decode(sys.stdin.read()))
blob[int(sys.argv[1])] ^= 0x10
print(base64.b64encode(blob).decode())' "$1"
}

# The guest is accepted; tampered with in one of several ways, by turns, it is not.
turn=0
compare()
{
    describe
    good=$(answer)
    both 0 "$good"
    turn=$((turn + 1))
    case $((turn % 6)) in
    0) both 1 "$(flip 0 "$good")" ;;
    1) both 1 "$(flip 31 "$good")" ;;
    2) both 1 "$(flip 47 "$good")" ;;
    3) both 1 "$(answer --firmware 1.55.22)" ;;
    4) both 1 "$(answer --policy "$((policy ^ 2))")" ;;
    5) both 1 "$(answer --tik "$work/tek")" ;;
    esac
}

models='EPYC:23,1,2 EPYC-Rome:23,49,0 EPYC-Milan:25,1,1 EPYC-Genoa:25,17,0'
kernel="--kernel $work/kernel --kernel-hashes yes"
type=sev
policy=3
image=$firmware
device=rom
cpu=EPYC
sku='23 1 2'
for vcpus in 1 2 4 64; do
    for boot in '' "$kernel --initrd $work/initrd --cmdline console=ttyS0"; do
        compare
    done
done
for boot in "$kernel" "$kernel --initrd $work/initrd"; do
    compare
done
type=sev-es
policy=7
for vcpus in 1 2 4 64; do
    for boot in '' "$kernel" "$kernel --initrd $work/initrd --cmdline console=ttyS0"; do
        for model in $models; do
            [ -z "$boot" ] || [ "$((turn % 4))" -eq 0 ] || [ "${model%%:*}" = EPYC-Milan ] || continue
            cpu=${model%%:*}
            sku=$(printf %s "${model#*:}" | tr , ' ')
            compare
        done
    done
done
boot=
for image in /usr/share/ovmf/OVMF.fd /usr/share/OVMF/OVMF_CODE_4M.fd; do
    [ -e "$image" ] || continue
    device=pflash
    for vcpus in 2 64; do
        compare
    done
    type=sev
    policy=3
    compare
    type=sev-es
    policy=7
done
check 'the grid is too small' test "$turn" -ge 34

# ---- what is otherwise in the guest ----

image=$firmware
device=rom
vcpus=4
describe
good=$(answer)
for other in '--vcpus 3' '--cpu EPYC-Rome' '--vmsa fpu' '--features 0x20' '--policy 5' '--build-id 22'; do
    # shellcheck disable=SC2086
    ours "$good" $other
    expect_status 1
done
for other in '--num-cpus 3' '--cpu-model 49 --cpu-family 23' '--policy 5' '--build-id 22' '--tik '"$work/tek"; do
    # shellcheck disable=SC2086
    theirs "$good" $other
    expect_status 1
done
# a policy that asks for a version of the firmware
policy=$((0x37010007))
describe
both 0 "$(answer)"
both 1 "$good"

# ---- the keys of a session of our own, which both read from its files ----

policy=7
describe
run "$CVMDOM" session "$work/guest.yaml" --pdh "$srcdir/tests/platform/one.chain" --name "$work/owner"
expect_status 0
good=$(answer --tik "$work/owner_tik.bin")
ours "$good" --tik "$work/owner_tik.bin" --tek "$work/owner_tek.bin"
expect_status 0
theirs "$good" --tik "$work/owner_tik.bin" --tek "$work/owner_tek.bin"
expect_status 0
both 1 "$good"

# ---- mistakes ----

good=$(answer)

# mistake STATUS OPTION…: instead of the keys
mistake()
{
    expected=$1
    shift
    run "$CVMDOM" verify "$work/guest.yaml" --measurement "$good" --api-major 1 --api-minor 55 --build-id 21 "$@"
    expect_status "$expected"
    # shellcheck disable=SC2046
    run peer --measurement "$good" --api-major 1 --api-minor 55 --build-id 21 --policy 7 --firmware "$image" $(peer_cpu) "$@"
    expect_status "$expected"
}

mistake 0 --tk "$work/tk"
mistake 2
mistake 2 --tik "$work/tik"
mistake 2 --tk "$work/tk" --tik "$work/tik"
mistake 2 --tk "$work/tik"
mistake 2 --tik "$work/tk" --tek "$work/tek"
mistake 6 --tik "$work/missing" --tek "$work/tek"
mistake 6 --tk "$work/missing"
mistake 6 --tk "$work/tk" --firmware "$work/missing"
mistake 2 --tk "$work/tk" --nonsense
mistake 2 --tk "$work/tk" --build-id many
# the other one takes an answer that is too short for one that differs, here it is a mistake
short=$(printf %s "$good" | cut -c 1-44)
theirs "$short"
expect_status 1
ours "$short"
expect_status 2
# and no number but decimal ones
theirs "$good" --build-id 0x15
expect_status 2
ours "$good" --build-id 0x15
expect_status 0
finish
