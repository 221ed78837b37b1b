#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Not a test: makes the files anew that the commands of valgrind.txt take from %WORK%: tests/valgrind-files.sh FOLDER
# The same each time but for the private keys, so that valgrind.txt can have the measurement.
set -eu
work=$1
rm -rf "$work"
mkdir "$work"
python3 "${srcdir:?}/tests/tools/make_ovmf.py" "$work/firmware.fd" --like amdsev
for guest in sev:3 sev-es:7 sev-snp:0x30000; do
    cat >"$work/${guest%:*}.yaml" <<YAML
name: guest
launchSecurity: {type: ${guest%:*}, policy: ${guest#*:}}
memory: 1GiB
vcpu: 2
cpu: EPYC-Milan
os: {firmware: {loader: $work/firmware.fd, type: rom, stateless: true}}
YAML
done
printf 'integrity key 16' >"$work/tik"
printf 'encryption key16' >"$work/tek"
printf 'correct horse battery staple' >"$work/secret"
for key in id author; do
    openssl ecparam -name secp384r1 -genkey -noout -out "$work/$key.pem"
done
