#!/bin/sh
# Defines and starts the guest by virt-install 4.1 or newer. Further arguments go
# to it: --noreboot defines the guest only, --connect URI does so elsewhere,
# --print-xml --dry-run shows the XML and does nothing.
# shellcheck disable=SC1003,SC2016 # these are not the shell's
exec virt-install \
    --connect qemu:///system \
    --name ledger \
    --metadata 'description=Ledger of the payments service.' \
    --virt-type kvm \
    --boot emulator=/usr/bin/qemu-system-x86_64 \
    --memory memory=8192 \
    --vcpus vcpu=4,vcpu.placement=static \
    --cpu mode=custom,match=exact,model=EPYC-Genoa,secure=off,model.fallback=forbid,topology.sockets=1,topology.dies=1,topology.cores=4,topology.threads=1 \
    --boot os_type=hvm,arch=x86_64,machine=pc-q35-10.0,loader=/usr/share/ovmf/OVMF.fd,loader.type=rom,xpath0.set=./loader/@stateless,xpath0.value=yes,xpath1.delete=./boot \
    --features acpi=on,apic=on,smm.state=off,vmcoreinfo.state=off \
    --clock offset=utc,xpath0.delete=./timer,xpath1.delete=./timer,xpath2.delete=./timer \
    --pm suspend_to_mem.enabled=no,suspend_to_disk.enabled=no \
    --disk type=file,device=disk,driver.name=qemu,driver.type=qcow2,source.file=/var/lib/libvirt/images/ledger.qcow2,target.dev=vda,target.bus=virtio,boot.order=1 \
    --disk type=block,device=disk,driver.name=qemu,driver.type=raw,driver.cache=none,driver.io=native,driver.discard=unmap,source.dev=/dev/vg0/ledger-data,target.dev=vdb,target.bus=virtio,serial=LEDGER \
    --network type=network,source=default,model.type=virtio,xpath0.set=./rom/@enabled,xpath0.value=no \
    --network type=bridge,source=br-storage,model.type=virtio,xpath0.set=./rom/@enabled,xpath0.value=no \
    --console type=pty,target.type=serial,target.port=0 \
    --channel type=unix,target.type=virtio,target.name=org.qemu.guest_agent.0,xpath0.set=./source/@mode= \
    --memballoon model=none \
    --rng model=virtio,backend=/dev/urandom,backend.model=random \
    --vsock model=virtio,cid.auto=yes \
    --launchSecurity xpath0.set=./@type,xpath0.value=sev-snp,cbitpos=51,reducedPhysBits=1,policy=0x00030000 \
    --events on_reboot=destroy \
    --graphics none \
    --tpm none \
    --controller type=usb,model=qemu-xhci \
    --controller num_pcie_root_ports=0 \
    --xml ./memory/@dumpCore=off \
    --xml 'xpath.delete=./devices/controller[@type=\"usb\"]' \
    --osinfo detect=off,require=off \
    --import \
    --noautoconsole \
    "$@"
