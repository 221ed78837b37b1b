#!/bin/sh
# The SEV-SNP guest 'ledger' for the host 'epyc-genoa-snp'; written by cvmdom render.
# Further arguments of this script are QEMU's, too: -S has the guest wait to be attested.
# CVMDOM_CHECK=no starts QEMU without looking first whether it can run.
set -eu

fail()
{
    printf '%s: %s\n' "$0" "$*" >&2
    exit 1
}

# check r|w PATH REMEDY: QEMU can read, or read and write PATH.
check()
{
    [ "${CVMDOM_CHECK-}" != no ] || return 0
    [ -e "$2" ] || fail "'$2' does not exist: $3"
    [ -r "$2" ] || fail "'$2' cannot be read by $(id -un): $3"
    [ "$1" = r ] || [ -w "$2" ] || fail "'$2' cannot be written to by $(id -un): $3"
}

# What QEMU opens.
check r /usr/bin/qemu-system-x86_64 'install QEMU'
check w /dev/kvm 'load the module kvm_amd, and be in the group that may open it'
check r /usr/share/ovmf/OVMF.fd 'the guest needs it'
check w /dev/sev 'it is there where the firmware setup has SEV on, and be in the group that may open it'

# The guest's own folders and files.
umask 077
mkdir -p /run/cvmdom/ledger

exec /usr/bin/qemu-system-x86_64 \
    -name guest=ledger,debug-threads=on \
    -machine pc-q35-10.0,usb=off,smm=off,dump-guest-core=off,memory-backend=pc.ram,confidential-guest-support=lsec0,acpi=on \
    -accel kvm \
    -cpu EPYC-Genoa \
    -bios /usr/share/ovmf/OVMF.fd \
    -m size=8388608k \
    -object '{"qom-type":"memory-backend-ram","id":"pc.ram","size":8589934592}' \
    -overcommit mem-lock=off \
    -smp 4,sockets=1,dies=1,cores=4,threads=1 \
    -display none \
    -no-user-config \
    -nodefaults \
    -chardev socket,id=charmonitor,path=/run/cvmdom/ledger/monitor.sock,server=on,wait=off \
    -mon chardev=charmonitor,id=monitor,mode=control \
    -rtc base=utc \
    -no-reboot \
    -global ICH9-LPC.disable_s3=1 \
    -global ICH9-LPC.disable_s4=1 \
    -boot strict=on \
    -object '{"qom-type":"sev-snp-guest","id":"lsec0","cbitpos":51,"reduced-phys-bits":1,"policy":196608}' \
    -sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny \
    -msg timestamp=on \
    "$@"
