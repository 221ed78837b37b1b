#!/bin/sh
# Defines and starts the guest by virt-install 4.1 or newer. Further arguments go
# to it: --noreboot defines the guest only, --connect URI does so elsewhere,
# --print-xml --dry-run shows the XML and does nothing.
# shellcheck disable=SC1003,SC2016 # these are not the shell's
exec virt-install \
    --connect qemu:///system \
    --name cache-1 \
    --virt-type kvm \
    --boot emulator=/usr/bin/qemu-system-x86_64 \
    --memory memory=12288 \
    --vcpus vcpu=2,vcpu.placement=static \
    --cpu mode=custom,match=exact,model=EPYC-v4,secure=off,model.fallback=forbid \
    --boot os_type=hvm,arch=x86_64,machine=pc-q35-10.0,loader=/usr/share/ovmf/OVMF.fd,loader.type=rom,xpath0.set=./loader/@stateless,xpath0.value=yes,xpath1.delete=./boot \
    --features acpi=on,apic=on,smm.state=off,vmcoreinfo.state=off \
    --clock offset=utc,xpath0.delete=./timer,xpath1.delete=./timer,xpath2.delete=./timer \
    --pm suspend_to_mem.enabled=no,suspend_to_disk.enabled=no \
    --disk type=file,device=disk,driver.name=qemu,driver.type=qcow2,source.file=/var/lib/libvirt/images/cache-1.qcow2,target.dev=vda,target.bus=virtio \
    --network type=bridge,source=br0,model.type=virtio,xpath0.set=./rom/@enabled,xpath0.value=no \
    --network type=bridge,source=br-storage,model.type=virtio,mtu.size=9000,xpath0.set=./rom/@enabled,xpath0.value=no \
    --console type=pty,target.type=serial,target.port=0 \
    --memballoon model=none \
    --rng model=virtio,backend=/dev/urandom,backend.model=random \
    --launchSecurity xpath0.set=./@type,xpath0.value=sev-snp,cbitpos=51,reducedPhysBits=1,policy=0x00030000 \
    --events on_reboot=destroy \
    --channel none \
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
