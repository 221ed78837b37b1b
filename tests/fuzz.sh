#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What is attested with, damaged in all ways: firmware images, certificates, reports, blobs, keys and secrets. $ROUNDS and
# $SEED are those of `make fuzz`.
. "${srcdir:?}/tests/harness.sh"
need python3

fuzz=$builddir/tests/fuzz/attest
make_ovmf=$srcdir/tests/tools/make_ovmf.py
platform=$srcdir/tests/platform
seed=${SEED:-1}

# image NAME OPTION…
image()
{
    image_name=$1
    shift
    python3 "$make_ovmf" "$work/$image_name" "$@" || exit 99
}

# target NAME ROUNDS FILE…: as a test so many rounds, which take less than a second.
target()
{
    target_name=$1
    target_rounds=${ROUNDS:-$2}
    shift 2
    check "$target_name: nothing crashes, and what is damaged is refused" "$fuzz" "$target_name" "$target_rounds" "$seed" "$@"
}

cd "$work" || exit 99
image amdsev --like amdsev
image ovmf --like ovmf
image 4m --like 4m
image none
image legacy --reset 0x80b004 --legacy
image svsm --svsm 0x1000 --sections 0x800000+0x2000:1,0x802000+0x1000:2,0x803000+0x1000:3,0x804000+0x1000:4
image tiny --like amdsev --size 0x1000
image twice --like amdsev --size 0x1000 --entry 00f771de-1a7e-4fcb-890e-68c77e2fb44e:00100000 \
    --entry 7255371f-3a3b-4b04-927b-1da6efa8d454:0010800000100000

target firmware 12 "$work/tiny" "$work/twice" "$work/amdsev" "$work/ovmf" "$work/4m" "$work/none" "$work/legacy"
target svsm 40 "$work/amdsev" "$work/svsm"
target chain 12 "$platform/one.chain" "$platform/one.ca" "$platform/large.chain" "$platform/large.ca"
target ca 12 "$platform/one.chain" "$platform/one.ca" "$platform/large.chain" "$platform/large.ca"
target pdh 25 "$platform/one.chain"
target report 12 "$srcdir/tests/attestation"
target vcek 20 "$srcdir/tests/attestation"
target report-ca 20 "$srcdir/tests/attestation"
target id-block 30
target id-key 30
target measurement 300
target keys 100
target secret 100
for input in *.input; do
    if [ -e "$input" ]; then cp "$input" "$builddir/tests/fuzz/" && echo "the input is in tests/fuzz/$input"; fi
done
finish
