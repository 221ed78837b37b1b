#!/bin/sh
# The SEV-SNP guest 'web-1' for the host 'epyc-genoa-snp'; written by cvmdom render.
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
check w /var/lib/libvirt/images/web-1.qcow2 'the guest needs it'
check r /var/lib/libvirt/images/seed.iso 'the guest needs it'
check r /srv/www 'the guest needs it'
check w /dev/net/tun 'load the module that makes it, and be in the group that may open it'
check w /dev/vhost-net 'load the module that makes it, and be in the group that may open it'
check w /var/log/libvirt/qemu 'the guest needs it'
check r /dev/urandom 'load the module that makes it, and be in the group that may open it'
check w /dev/vhost-vsock 'load the module that makes it, and be in the group that may open it'
check w /dev/sev 'it is there where the firmware setup has SEV on, and be in the group that may open it'

# The guest's own folders and files.
umask 077
mkdir -p /run/cvmdom/web-1
mkdir -p /var/lib/cvmdom/web-1
mkdir -p /var/lib/cvmdom/web-1/tpm2

# beside SOCKET COMMAND…: a program that runs as long as QEMU does, and answers on SOCKET.
helpers=
trap 'kill $helpers 2>/dev/null || :' EXIT
trap 'exit 143' HUP INT TERM
beside()
{
    socket=$1
    shift
    rm -f "$socket"
    "$@" &
    helpers="$helpers $!"
    tries=0
    until [ -S "$socket" ]; do
        kill -0 "$!" 2>/dev/null || fail "$1 ended at its start"
        tries=$((tries + 1))
        [ "$tries" -le 100 ] || fail "$1 does not make '$socket'"
        sleep 0.1
    done
}
beside /run/cvmdom/web-1/swtpm.sock swtpm socket --ctrl type=unixio,path=/run/cvmdom/web-1/swtpm.sock,mode=0600 --tpmstate dir=/var/lib/cvmdom/web-1/tpm2,mode=0600 --terminate --tpm2

/usr/bin/qemu-system-x86_64 \
    -name guest=web-1,debug-threads=on \
    -machine pc-q35-10.0,usb=off,smm=off,dump-guest-core=off,memory-backend=pc.ram,confidential-guest-support=lsec0,acpi=on \
    -accel kvm \
    -cpu EPYC-Genoa \
    -bios /usr/share/ovmf/OVMF.fd \
    -m size=8388608k \
    -object '{"qom-type":"memory-backend-ram","id":"pc.ram","size":8589934592}' \
    -overcommit mem-lock=off \
    -smp 4,sockets=1,dies=1,cores=4,threads=1 \
    -no-user-config \
    -nodefaults \
    -chardev socket,id=charmonitor,path=/run/cvmdom/web-1/monitor.sock,server=on,wait=off \
    -mon chardev=charmonitor,id=monitor,mode=control \
    -rtc base=utc \
    -no-reboot \
    -global ICH9-LPC.disable_s3=1 \
    -global ICH9-LPC.disable_s4=1 \
    -boot strict=on \
    -device '{"driver":"pcie-root-port","port":16,"chassis":1,"id":"pci.1","bus":"pcie.0","multifunction":true,"addr":"0x2"}' \
    -device '{"driver":"pcie-root-port","port":17,"chassis":2,"id":"pci.2","bus":"pcie.0","addr":"0x2.0x1"}' \
    -device '{"driver":"pcie-root-port","port":18,"chassis":3,"id":"pci.3","bus":"pcie.0","addr":"0x2.0x2"}' \
    -device '{"driver":"pcie-root-port","port":19,"chassis":4,"id":"pci.4","bus":"pcie.0","addr":"0x2.0x3"}' \
    -device '{"driver":"pcie-root-port","port":20,"chassis":5,"id":"pci.5","bus":"pcie.0","addr":"0x2.0x4"}' \
    -device '{"driver":"pcie-root-port","port":21,"chassis":6,"id":"pci.6","bus":"pcie.0","addr":"0x2.0x5"}' \
    -device '{"driver":"pcie-root-port","port":22,"chassis":7,"id":"pci.7","bus":"pcie.0","addr":"0x2.0x6"}' \
    -device '{"driver":"pcie-root-port","port":23,"chassis":8,"id":"pci.8","bus":"pcie.0","addr":"0x2.0x7"}' \
    -device '{"driver":"pcie-root-port","port":24,"chassis":9,"id":"pci.9","bus":"pcie.0","multifunction":true,"addr":"0x3"}' \
    -device '{"driver":"pcie-root-port","port":25,"chassis":10,"id":"pci.10","bus":"pcie.0","addr":"0x3.0x1"}' \
    -device '{"driver":"qemu-xhci","id":"usb","bus":"pci.5","addr":"0x0"}' \
    -device '{"driver":"virtio-scsi-pci","id":"scsi0","bus":"pci.4","addr":"0x0"}' \
    -device '{"driver":"virtio-serial-pci","id":"virtio-serial0","bus":"pci.6","addr":"0x0"}' \
    -blockdev '{"driver":"file","filename":"/var/lib/libvirt/images/web-1.qcow2","node-name":"libvirt-3-storage","auto-read-only":true,"discard":"unmap"}' \
    -blockdev '{"node-name":"libvirt-3-format","read-only":false,"driver":"qcow2","file":"libvirt-3-storage"}' \
    -device '{"driver":"virtio-blk-pci","bus":"pci.7","addr":"0x0","drive":"libvirt-3-format","id":"virtio-disk0","bootindex":1}' \
    -blockdev '{"driver":"file","filename":"/var/lib/libvirt/images/seed.iso","node-name":"libvirt-2-storage","read-only":true}' \
    -device '{"driver":"ide-cd","bus":"ide.0","drive":"libvirt-2-storage","id":"sata0-0-0"}' \
    -blockdev '{"driver":"rbd","pool":"rbd","image":"web-content","server":[{"host":"ceph.example.org","port":"6789"}],"node-name":"libvirt-1-storage","read-only":false}' \
    -device '{"driver":"scsi-hd","bus":"scsi0.0","channel":0,"scsi-id":0,"lun":1,"device_id":"drive-scsi0-0-0-1","drive":"libvirt-1-storage","id":"scsi0-0-0-1"}' \
    -fsdev local,security_model=mapped,id=fsdev-fs0,path=/srv/www,readonly=on \
    -device '{"driver":"virtio-9p-pci","id":"fs0","fsdev":"fsdev-fs0","mount_tag":"www","bus":"pci.1","addr":"0x0"}' \
    -netdev '{"type":"bridge","br":"virbr0","id":"hostnet0"}' \
    -device '{"driver":"virtio-net-pci","netdev":"hostnet0","id":"net0","mac":"52:54:00:b3:45:fd","bus":"pci.2","addr":"0x0","romfile":""}' \
    -netdev '{"type":"tap","ifname":"cvmdom-none","script":"no","downscript":"no","vhost":true,"id":"hostnet1"}' \
    -device '{"driver":"virtio-net-pci","netdev":"hostnet1","id":"net1","mac":"52:54:00:d5:55:34","bus":"pci.3","addr":"0x0","romfile":""}' \
    -chardev pty,id=charserial0,logfile=/var/log/libvirt/qemu/web-1-serial.log,logappend=off \
    -device '{"driver":"isa-serial","chardev":"charserial0","id":"serial0","index":0}' \
    -chardev socket,id=charchannel0,path=/run/cvmdom/web-1/org.qemu.guest_agent.0,server=on,wait=off \
    -device '{"driver":"virtserialport","bus":"virtio-serial0.0","nr":1,"chardev":"charchannel0","id":"channel0","name":"org.qemu.guest_agent.0"}' \
    -chardev socket,id=chrtpm,path=/run/cvmdom/web-1/swtpm.sock \
    -tpmdev emulator,id=tpm-tpm0,chardev=chrtpm \
    -device '{"driver":"tpm-crb","tpmdev":"tpm-tpm0","id":"tpm0"}' \
    -device '{"driver":"usb-tablet","id":"input0","bus":"usb.0","port":"1"}' \
    -audiodev '{"id":"audio1","driver":"none"}' \
    -vnc 127.0.0.1:0,to=99,audiodev=audio1 \
    -device '{"driver":"virtio-vga","max_outputs":1,"id":"video0","bus":"pcie.0","addr":"0x1"}' \
    -object '{"qom-type":"rng-random","id":"objrng0","filename":"/dev/urandom"}' \
    -device '{"driver":"virtio-rng-pci","rng":"objrng0","id":"rng0","bus":"pci.8","addr":"0x0"}' \
    -device '{"driver":"vhost-vsock-pci","id":"vsock0","guest-cid":373007491,"bus":"pci.9","addr":"0x0"}' \
    -object '{"qom-type":"sev-snp-guest","id":"lsec0","cbitpos":51,"reduced-phys-bits":1,"policy":196608,"host-data":"d2ViLTEgaW4gcHJvZHVjdGlvbiwgcmVsZWFzZSAyMDE="}' \
    -sandbox on,obsolete=deny,elevateprivileges=allow,spawn=allow,resourcecontrol=deny \
    -msg timestamp=on \
    "$@"
