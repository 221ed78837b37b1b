#!/bin/sh
# The unencrypted guest 'uefi-shell' for the host 'epyc-genoa-snp'; written by cvmdom render.
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
check r /usr/share/OVMF/OVMF_CODE_4M.fd 'the guest needs it'

# The guest's own folders and files.
umask 077
mkdir -p /run/cvmdom/uefi-shell
mkdir -p /var/lib/cvmdom/uefi-shell

# copy TEMPLATE PATH: once; whole or not at all.
copy()
{
    [ ! -e "$2" ] || return 0
    check r "$1" 'it is what the guest'\''s variables start from'
    cp "$1" "$2.new"
    mv "$2.new" "$2"
}
copy /usr/share/OVMF/OVMF_VARS_4M.fd /var/lib/cvmdom/uefi-shell/VARS.fd

exec /usr/bin/qemu-system-x86_64 \
    -name guest=uefi-shell,debug-threads=on \
    -blockdev '{"driver":"file","filename":"/usr/share/OVMF/OVMF_CODE_4M.fd","node-name":"libvirt-pflash0-storage","auto-read-only":true,"discard":"unmap"}' \
    -blockdev '{"node-name":"libvirt-pflash0-format","read-only":true,"driver":"raw","file":"libvirt-pflash0-storage"}' \
    -blockdev '{"driver":"file","filename":"/var/lib/cvmdom/uefi-shell/VARS.fd","node-name":"libvirt-pflash1-storage","auto-read-only":true,"discard":"unmap"}' \
    -blockdev '{"node-name":"libvirt-pflash1-format","read-only":false,"driver":"raw","file":"libvirt-pflash1-storage"}' \
    -machine pc-q35-10.0,usb=off,smm=off,dump-guest-core=off,memory-backend=pc.ram,pflash0=libvirt-pflash0-format,pflash1=libvirt-pflash1-format,acpi=on \
    -accel tcg \
    -cpu max \
    -m size=524288k \
    -object '{"qom-type":"memory-backend-ram","id":"pc.ram","size":536870912}' \
    -overcommit mem-lock=off \
    -smp 1,sockets=1,cores=1,threads=1 \
    -display none \
    -no-user-config \
    -nodefaults \
    -chardev socket,id=charmonitor,path=/run/cvmdom/uefi-shell/monitor.sock,server=on,wait=off \
    -mon chardev=charmonitor,id=monitor,mode=control \
    -rtc base=utc \
    -global ICH9-LPC.disable_s3=1 \
    -global ICH9-LPC.disable_s4=1 \
    -boot strict=on \
    -device '{"driver":"pcie-root-port","port":8,"chassis":1,"id":"pci.1","bus":"pcie.0","multifunction":true,"addr":"0x1"}' \
    -device '{"driver":"pcie-root-port","port":9,"chassis":2,"id":"pci.2","bus":"pcie.0","addr":"0x1.0x1"}' \
    -device '{"driver":"qemu-xhci","id":"usb","bus":"pci.1","addr":"0x0"}' \
    -chardev pty,id=charserial0 \
    -device '{"driver":"isa-serial","chardev":"charserial0","id":"serial0","index":0}' \
    -audiodev '{"id":"audio1","driver":"none"}' \
    -sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny \
    -msg timestamp=on \
    "$@"
