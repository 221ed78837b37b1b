#!/bin/sh
# Defines and starts the guest by virt-install 4.1 or newer. Further arguments go
# to it: --noreboot defines the guest only, --connect URI does so elsewhere,
# --print-xml --dry-run shows the XML and does nothing.
# shellcheck disable=SC1003,SC2016 # these are not the shell's
exec virt-install \
    --connect qemu:///system \
    --name uefi-shell \
    --virt-type qemu \
    --boot emulator=/usr/bin/qemu-system-x86_64 \
    --memory memory=512 \
    --vcpus vcpu=1,vcpu.placement=static \
    --cpu mode=maximum \
    --boot os_type=hvm,arch=x86_64,machine=pc-q35-7.2,loader=/usr/share/OVMF/OVMF_CODE_4M.fd,loader.readonly=yes,loader.type=pflash,nvram.template=/usr/share/OVMF/OVMF_VARS_4M.fd,xpath0.delete=./boot \
    --features acpi=on,apic=on,smm.state=off,vmcoreinfo.state=off \
    --clock offset=utc,xpath0.delete=./timer,xpath1.delete=./timer,xpath2.delete=./timer \
    --pm suspend_to_mem.enabled=no,suspend_to_disk.enabled=no \
    --console type=pty,target.type=serial,target.port=0 \
    --memballoon model=none \
    --disk none \
    --network none \
    --channel none \
    --graphics none \
    --rng none \
    --tpm none \
    --controller type=usb,model=qemu-xhci \
    --controller num_pcie_root_ports=0 \
    --xml ./memory/@dumpCore=off \
    --xml 'xpath.delete=./devices/controller[@type=\"usb\"]' \
    --osinfo detect=off,require=off \
    --import \
    --noautoconsole \
    "$@"
