#!/bin/sh
# The SEV-ES guest 'sev-es-minimal' for the host 'epyc-genoa-snp'; written by cvmdom render.
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
check r /usr/share/OVMF/OVMF_CODE_4M.fd 'the guest needs it'
check w /var/lib/libvirt/images/sev-es-minimal.qcow2 'the guest needs it'
check w /dev/net/tun 'load the module that makes it, and be in the group that may open it'
check w /dev/sev 'it is there where the firmware setup has SEV on, and be in the group that may open it'

# So much of the guest's memory is pinned (in KiB; root may raise its limit).
# shellcheck disable=SC3045 # not in POSIX, but in dash, bash and busybox
allow_locking()
{
    [ "${CVMDOM_CHECK-}" != no ] || return 0
    limit=$(ulimit -l)
    [ "$limit" != unlimited ] || return 0
    [ "$1" = unlimited ] || [ "$limit" -lt "$1" ] || return 0
    ulimit -l "$1" 2>/dev/null ||
        fail "$1 KiB must be lockable, and the limit is $limit: raise memlock in /etc/security/limits.conf"
}
allow_locking 4554752

# The guest's own folders and files.
umask 077
mkdir -p /run/cvmdom/sev-es-minimal
mkdir -p /var/lib/cvmdom/sev-es-minimal

# copy TEMPLATE PATH: once; whole or not at all.
copy()
{
    [ ! -e "$2" ] || return 0
    check r "$1" 'it is what the guest'\''s variables start from'
    cp "$1" "$2.new"
    mv "$2.new" "$2"
}
copy /usr/share/OVMF/OVMF_VARS_4M.fd /var/lib/cvmdom/sev-es-minimal/VARS.fd

exec /usr/bin/qemu-system-x86_64 \
    -name guest=sev-es-minimal,debug-threads=on \
    -blockdev '{"driver":"file","filename":"/usr/share/OVMF/OVMF_CODE_4M.fd","node-name":"libvirt-pflash0-storage","auto-read-only":true,"discard":"unmap"}' \
    -blockdev '{"node-name":"libvirt-pflash0-format","read-only":true,"driver":"raw","file":"libvirt-pflash0-storage"}' \
    -blockdev '{"driver":"file","filename":"/var/lib/cvmdom/sev-es-minimal/VARS.fd","node-name":"libvirt-pflash1-storage","auto-read-only":true,"discard":"unmap"}' \
    -blockdev '{"node-name":"libvirt-pflash1-format","read-only":false,"driver":"raw","file":"libvirt-pflash1-storage"}' \
    -machine pc-q35-10.0,usb=off,smm=off,dump-guest-core=off,memory-backend=pc.ram,confidential-guest-support=lsec0,pflash0=libvirt-pflash0-format,pflash1=libvirt-pflash1-format,acpi=on \
    -accel kvm \
    -cpu EPYC-Genoa \
    -m size=4194304k \
    -object '{"qom-type":"memory-backend-ram","id":"pc.ram","size":4294967296}' \
    -overcommit mem-lock=off \
    -smp 2,sockets=2,cores=1,threads=1 \
    -display none \
    -no-user-config \
    -nodefaults \
    -chardev socket,id=charmonitor,path=/run/cvmdom/sev-es-minimal/monitor.sock,server=on,wait=off \
    -mon chardev=charmonitor,id=monitor,mode=control \
    -rtc base=utc \
    -no-reboot \
    -global ICH9-LPC.disable_s3=1 \
    -global ICH9-LPC.disable_s4=1 \
    -boot strict=on \
    -device '{"driver":"pcie-root-port","port":8,"chassis":1,"id":"pci.1","bus":"pcie.0","multifunction":true,"addr":"0x1"}' \
    -device '{"driver":"pcie-root-port","port":9,"chassis":2,"id":"pci.2","bus":"pcie.0","addr":"0x1.0x1"}' \
    -device '{"driver":"pcie-root-port","port":10,"chassis":3,"id":"pci.3","bus":"pcie.0","addr":"0x1.0x2"}' \
    -device '{"driver":"pcie-root-port","port":11,"chassis":4,"id":"pci.4","bus":"pcie.0","addr":"0x1.0x3"}' \
    -device '{"driver":"qemu-xhci","id":"usb","bus":"pci.2","addr":"0x0"}' \
    -blockdev '{"driver":"file","filename":"/var/lib/libvirt/images/sev-es-minimal.qcow2","node-name":"libvirt-1-storage","auto-read-only":true,"discard":"unmap"}' \
    -blockdev '{"node-name":"libvirt-1-format","read-only":false,"driver":"qcow2","file":"libvirt-1-storage"}' \
    -device '{"driver":"virtio-blk-pci","bus":"pci.3","addr":"0x0","drive":"libvirt-1-format","id":"virtio-disk0","bootindex":1}' \
    -netdev '{"type":"bridge","br":"virbr0","id":"hostnet0"}' \
    -device '{"driver":"virtio-net-pci","netdev":"hostnet0","id":"net0","mac":"52:54:00:0b:bb:03","bus":"pci.1","addr":"0x0","romfile":""}' \
    -chardev pty,id=charserial0 \
    -device '{"driver":"isa-serial","chardev":"charserial0","id":"serial0","index":0}' \
    -audiodev '{"id":"audio1","driver":"none"}' \
    -object '{"qom-type":"sev-guest","id":"lsec0","cbitpos":51,"reduced-phys-bits":1,"policy":7}' \
    -sandbox on,obsolete=deny,elevateprivileges=allow,spawn=allow,resourcecontrol=deny \
    -msg timestamp=on \
    "$@"
