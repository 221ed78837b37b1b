#!/bin/sh
# Defines and starts the guest by virt-install 4.1 or newer. Further arguments go
# to it: --noreboot defines the guest only, --connect URI does so elsewhere,
# --print-xml --dry-run shows the XML and does nothing.
# shellcheck disable=SC1003,SC2016 # these are not the shell's
exec virt-install \
    --connect qemu:///system \
    --name web-1 \
    --virt-type kvm \
    --boot emulator=/usr/bin/qemu-system-x86_64 \
    --memory memory=8192 \
    --vcpus vcpu=4,vcpu.placement=static \
    --cpu mode=custom,match=exact,model=EPYC-Genoa,secure=off,model.fallback=forbid,topology.sockets=1,topology.dies=1,topology.cores=4,topology.threads=1 \
    --boot os_type=hvm,arch=x86_64,machine=pc-q35-10.0,loader=/usr/share/ovmf/OVMF.fd,loader.type=rom,xpath0.set=./loader/@stateless,xpath0.value=yes,xpath1.delete=./boot \
    --features acpi=on,apic=on,smm.state=off,vmcoreinfo.state=off \
    --clock offset=utc,xpath0.delete=./timer,xpath1.delete=./timer,xpath2.delete=./timer \
    --pm suspend_to_mem.enabled=no,suspend_to_disk.enabled=no \
    --controller type=scsi,index=0,model=virtio-scsi \
    --disk type=file,device=disk,driver.name=qemu,driver.type=qcow2,source.file=/var/lib/libvirt/images/web-1.qcow2,target.dev=vda,target.bus=virtio,boot.order=1 \
    --disk type=file,device=cdrom,driver.name=qemu,driver.type=raw,source.file=/var/lib/libvirt/images/seed.iso,target.dev=sda,target.bus=sata,readonly=on \
    --disk type=network,device=disk,driver.name=qemu,driver.type=raw,source.protocol=rbd,source.name=rbd/web-content,source.host0.name=ceph.example.org,source.host0.port=6789,target.dev=sdb,target.bus=scsi \
    --filesystem type=mount,accessmode=mapped,driver.type=path,source.dir=/srv/www,target.dir=www,readonly=on \
    --network type=network,source=default,model.type=virtio,xpath0.set=./rom/@enabled,xpath0.value=no \
    --network type=direct,source=eno1,source.mode=bridge,model.type=virtio,xpath0.set=./rom/@enabled,xpath0.value=no \
    --serial type=pty,log.file=/var/log/libvirt/qemu/web-1-serial.log,log.append=off,target.type=isa-serial,target.port=0 \
    --channel type=unix,target.type=virtio,target.name=org.qemu.guest_agent.0,xpath0.set=./source/@mode= \
    --input type=tablet,bus=usb \
    --tpm model=tpm-crb,backend.type=emulator,backend.version=2.0 \
    --graphics type=vnc,xpath0.set=./@autoport,xpath0.value=yes,listens0.type=address,listens0.address=127.0.0.1 \
    --video model.type=virtio \
    --memballoon model=none \
    --rng model=virtio,backend=/dev/urandom,backend.model=random \
    --vsock model=virtio,cid.auto=yes \
    --launchSecurity xpath0.set=./@type,xpath0.value=sev-snp,cbitpos=51,reducedPhysBits=1,policy=0x00030000,xpath1.set=./hostData,xpath1.value=d2ViLTEgaW4gcHJvZHVjdGlvbiwgcmVsZWFzZSAyMDE= \
    --events on_reboot=destroy,on_crash=destroy \
    --sound none \
    --redirdev none \
    --controller type=usb,model=qemu-xhci \
    --controller num_pcie_root_ports=0 \
    --xml ./memory/@dumpCore=off \
    --xml 'xpath.delete=./devices/controller[@type=\"usb\"]' \
    --xml ./features/vmport/@state= \
    --osinfo detect=off,require=off \
    --import \
    --noautoconsole \
    "$@"
