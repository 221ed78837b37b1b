#!/bin/sh
# The SEV guest 'payments-db' for the host 'epyc-genoa-snp'; written by cvmdom render.
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
check w /var/lib/libvirt/images/payments-db.qcow2 'the guest needs it'
check w /dev/vg0/payments-data 'load the module that makes it, and be in the group that may open it'
check w /dev/net/tun 'load the module that makes it, and be in the group that may open it'
check r /dev/urandom 'load the module that makes it, and be in the group that may open it'
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
allow_locking unlimited

# The guest's own folders and files.
umask 077
mkdir -p /run/cvmdom/payments-db
mkdir -p /var/lib/cvmdom/payments-db

# copy TEMPLATE PATH: once; whole or not at all.
copy()
{
    [ ! -e "$2" ] || return 0
    check r "$1" 'it is what the guest'\''s variables start from'
    cp "$1" "$2.new"
    mv "$2.new" "$2"
}
copy /usr/share/OVMF/OVMF_VARS_4M.fd /var/lib/cvmdom/payments-db/VARS.fd

exec taskset --cpu-list 0-3,64-67 numactl --membind=0 /usr/bin/qemu-system-x86_64 \
    -name guest=payments-db,debug-threads=on \
    -blockdev '{"driver":"file","filename":"/usr/share/OVMF/OVMF_CODE_4M.fd","node-name":"libvirt-pflash0-storage","auto-read-only":true,"discard":"unmap"}' \
    -blockdev '{"node-name":"libvirt-pflash0-format","read-only":true,"driver":"raw","file":"libvirt-pflash0-storage"}' \
    -blockdev '{"driver":"file","filename":"/var/lib/cvmdom/payments-db/VARS.fd","node-name":"libvirt-pflash1-storage","auto-read-only":true,"discard":"unmap"}' \
    -blockdev '{"node-name":"libvirt-pflash1-format","read-only":false,"driver":"raw","file":"libvirt-pflash1-storage"}' \
    -machine pc-q35-10.0,usb=off,smm=off,dump-guest-core=off,memory-backend=pc.ram,confidential-guest-support=lsec0,pflash0=libvirt-pflash0-format,pflash1=libvirt-pflash1-format,acpi=on \
    -accel kvm \
    -cpu EPYC-Genoa \
    -m size=16777216k \
    -object '{"qom-type":"memory-backend-memfd","id":"pc.ram","hugetlb":true,"hugetlbsize":2097152,"prealloc":true,"size":17179869184,"host-nodes":[0],"policy":"bind"}' \
    -overcommit mem-lock=on \
    -smp 8,sockets=1,dies=1,cores=4,threads=2 \
    -object '{"qom-type":"iothread","id":"iothread1"}' \
    -display none \
    -no-user-config \
    -nodefaults \
    -chardev socket,id=charmonitor,path=/run/cvmdom/payments-db/monitor.sock,server=on,wait=off \
    -mon chardev=charmonitor,id=monitor,mode=control \
    -rtc base=utc \
    -global ICH9-LPC.disable_s3=1 \
    -global ICH9-LPC.disable_s4=1 \
    -boot strict=on \
    -device '{"driver":"pcie-root-port","port":8,"chassis":1,"id":"pci.1","bus":"pcie.0","multifunction":true,"addr":"0x1"}' \
    -device '{"driver":"pcie-root-port","port":9,"chassis":2,"id":"pci.2","bus":"pcie.0","addr":"0x1.0x1"}' \
    -device '{"driver":"pcie-root-port","port":10,"chassis":3,"id":"pci.3","bus":"pcie.0","addr":"0x1.0x2"}' \
    -device '{"driver":"pcie-root-port","port":11,"chassis":4,"id":"pci.4","bus":"pcie.0","addr":"0x1.0x3"}' \
    -device '{"driver":"pcie-root-port","port":12,"chassis":5,"id":"pci.5","bus":"pcie.0","addr":"0x1.0x4"}' \
    -device '{"driver":"pcie-root-port","port":13,"chassis":6,"id":"pci.6","bus":"pcie.0","addr":"0x1.0x5"}' \
    -device '{"driver":"pcie-root-port","port":14,"chassis":7,"id":"pci.7","bus":"pcie.0","addr":"0x1.0x6"}' \
    -device '{"driver":"pcie-pci-bridge","id":"pci.8","bus":"pci.1","addr":"0x0"}' \
    -device '{"driver":"pcie-root-port","port":15,"chassis":9,"id":"pci.9","bus":"pcie.0","addr":"0x1.0x7"}' \
    -device '{"driver":"qemu-xhci","id":"usb","bus":"pci.3","addr":"0x0"}' \
    -device '{"driver":"virtio-serial-pci","id":"virtio-serial0","bus":"pci.4","addr":"0x0"}' \
    -blockdev '{"driver":"file","filename":"/var/lib/libvirt/images/payments-db.qcow2","node-name":"libvirt-2-storage","auto-read-only":true,"discard":"unmap"}' \
    -blockdev '{"node-name":"libvirt-2-format","read-only":false,"driver":"qcow2","file":"libvirt-2-storage"}' \
    -device '{"driver":"virtio-blk-pci","bus":"pci.5","addr":"0x0","drive":"libvirt-2-format","id":"virtio-disk0","bootindex":1}' \
    -blockdev '{"driver":"host_device","filename":"/dev/vg0/payments-data","aio":"native","node-name":"libvirt-1-storage","read-only":false,"discard":"unmap","cache":{"direct":true,"no-flush":false}}' \
    -device '{"driver":"virtio-blk-pci","iothread":"iothread1","num-queues":8,"bus":"pci.6","addr":"0x0","drive":"libvirt-1-storage","id":"virtio-disk1","write-cache":"on","serial":"PGDATA"}' \
    -netdev '{"type":"bridge","br":"br0","id":"hostnet0"}' \
    -device '{"driver":"virtio-net-pci","netdev":"hostnet0","id":"net0","mac":"52:54:00:6b:3c:01","bus":"pci.2","addr":"0x0","romfile":""}' \
    -chardev pty,id=charserial0 \
    -device '{"driver":"isa-serial","chardev":"charserial0","id":"serial0","index":0}' \
    -chardev socket,id=charchannel0,path=/run/cvmdom/payments-db/org.qemu.guest_agent.0,server=on,wait=off \
    -device '{"driver":"virtserialport","bus":"virtio-serial0.0","nr":1,"chardev":"charchannel0","id":"channel0","name":"org.qemu.guest_agent.0"}' \
    -audiodev '{"id":"audio1","driver":"none"}' \
    -device '{"driver":"i6300esb","id":"watchdog0","bus":"pci.8","addr":"0x1"}' \
    -watchdog-action reset \
    -object '{"qom-type":"rng-random","id":"objrng0","filename":"/dev/urandom"}' \
    -device '{"driver":"virtio-rng-pci","rng":"objrng0","id":"rng0","bus":"pci.7","addr":"0x0"}' \
    -object '{"qom-type":"sev-guest","id":"lsec0","cbitpos":51,"reduced-phys-bits":1,"policy":51}' \
    -sandbox on,obsolete=deny,elevateprivileges=allow,spawn=allow,resourcecontrol=deny \
    -msg timestamp=on \
    "$@"
