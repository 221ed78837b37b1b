#!/bin/sh
# Defines and starts the guest by virt-install 4.1 or newer. Further arguments go
# to it: --noreboot defines the guest only, --connect URI does so elsewhere,
# --print-xml --dry-run shows the XML and does nothing.
# shellcheck disable=SC1003,SC2016 # these are not the shell's
exec virt-install \
    --connect qemu:///system \
    --name payments-db \
    --metadata 'title=Payments database,description=PostgreSQL for the payments service.
Runs on hosts with SEV.
' \
    --virt-type kvm \
    --boot emulator=/usr/bin/qemu-system-x86_64 \
    --memory memory=16384 \
    --memorybacking hugepages.page0.size=2048,hugepages.page0.unit=KiB,locked=on \
    --numatune memory.mode=strict,memory.nodeset=0 \
    --vcpus vcpu=8,vcpu.placement=static \
    --iothreads iothreads=1 \
    --cputune vcpupin0.vcpu=0,vcpupin0.cpuset=0,vcpupin1.vcpu=1,vcpupin1.cpuset=64,vcpupin2.vcpu=2,vcpupin2.cpuset=1,vcpupin3.vcpu=3,vcpupin3.cpuset=65,vcpupin4.vcpu=4,vcpupin4.cpuset=2,vcpupin5.vcpu=5,vcpupin5.cpuset=66,vcpupin6.vcpu=6,vcpupin6.cpuset=3,vcpupin7.vcpu=7,vcpupin7.cpuset=67 \
    --cpu mode=custom,match=exact,model=EPYC-Rome,secure=off,model.fallback=forbid,topology.sockets=1,topology.dies=1,topology.cores=4,topology.threads=2 \
    --boot os_type=hvm,arch=x86_64,machine=pc-q35-7.2,loader=/usr/share/OVMF/OVMF_CODE_4M.fd,loader.readonly=yes,loader.type=pflash,nvram.template=/usr/share/OVMF/OVMF_VARS_4M.fd,xpath0.delete=./boot \
    --features acpi=on,apic=on,smm.state=off,vmcoreinfo.state=off \
    --clock offset=utc,xpath0.delete=./timer,xpath1.delete=./timer,xpath2.delete=./timer \
    --pm suspend_to_mem.enabled=no,suspend_to_disk.enabled=no \
    --disk type=file,device=disk,driver.name=qemu,driver.type=qcow2,source.file=/var/lib/libvirt/images/payments-db.qcow2,target.dev=vda,target.bus=virtio,boot.order=1 \
    --disk type=block,device=disk,driver.name=qemu,driver.type=raw,driver.cache=none,driver.io=native,driver.discard=unmap,driver.iothread=1,driver.queues=8,source.dev=/dev/vg0/payments-data,target.dev=vdb,target.bus=virtio,serial=PGDATA \
    --network type=bridge,mac.address=52:54:00:6b:3c:01,source=br0,model.type=virtio,driver.queues=4,xpath0.set=./rom/@enabled,xpath0.value=no \
    --console type=pty,target.type=serial,target.port=0 \
    --channel type=unix,target.type=virtio,target.name=org.qemu.guest_agent.0,xpath0.set=./source/@mode= \
    --watchdog model=i6300esb,action=reset \
    --memballoon model=none \
    --rng model=virtio,backend=/dev/urandom,backend.model=random \
    --launchSecurity type=sev,cbitpos=47,reducedPhysBits=1,policy=0x0033 \
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
