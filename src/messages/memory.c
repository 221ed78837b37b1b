/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages about memory: pinning, huge pages, NUMA. Format strings of libvirt 9.0 and 11.3, QEMU
 * 10.0 and Linux 6.12 (arch/x86/kvm/svm/sev.c). */
#include "messages/messages.h"
#include "util/i18n.h"

const struct cvm_message cvm_messages_memory[] = {
    { .id = "memory-not-pinned",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "failed to register region (%s) error 'Cannot allocate memory'" },
      .cause = N_("KVM may not pin the SEV guest's memory: QEMU's limit of locked memory is too "
                  "low, or the host does not have enough free memory."),
      .remedy = N_(
          "Write <memoryBacking><locked/></memoryBacking> into the domain, and remove <hard_limit> "
          "from <memtune> unless it is the guest's memory and a few hundred MiB more."),
      .rules = "CVM501 CVM502 CVM503 CVM512 CVM709",
      .sharpen = cvm_sharpen_memlock },
    { .id = "memory-not-registered",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "failed to register region (%s) error '%s'" },
      .cause = N_("The kernel does not take a part of the SEV guest's memory: {2}."),
      .remedy = N_("Back the memory with anonymous pages, memfd or huge pages instead of <source "
                   "type='file'/>, and look at the host's kernel log."),
      .rules = "CVM501 CVM513" },
    { .id = "pinning-limit",
      .speaker = CVM_SAYS_HOST_KERNEL,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SEV: %d locked pages exceed the lock limit of %d" },
      .cause = N_("The SEV guest needs {1} pages pinned, and QEMU may lock only {2}."),
      .remedy = N_(
          "Write <memoryBacking><locked/></memoryBacking> into the domain, and remove <hard_limit> "
          "from <memtune> unless it is the guest's memory and a few hundred MiB more."),
      .rules = "CVM501 CVM502 CVM503 CVM709",
      .sharpen = cvm_sharpen_memlock },
    { .id = "pinning-failed",
      .speaker = CVM_SAYS_HOST_KERNEL,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SEV: Failure locking %d pages" },
      .cause = N_("The kernel could not pin {1} pages of the SEV guest: not enough free memory, or "
                  "memory backed by a file on disk, which newer kernels do not pin."),
      .remedy = N_("Free memory on the host or make the guest smaller; do not use <source "
                   "type='file'/> in <memoryBacking>."),
      .rules = "CVM512" },
    { .id = "out-of-memory-limit",
      .speaker = CVM_SAYS_HOST_KERNEL,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Memory cgroup out of memory: Killed process %d (qemu" },
      .cause = N_("The kernel killed QEMU: it needed more memory than <hard_limit> allows."),
      .remedy = N_("Remove <hard_limit> from <memtune>, or raise it: guest memory plus video "
                   "memory plus one percent plus some 300 MiB."),
      .rules = "CVM502 CVM503" },
    { .id = "out-of-memory",
      .speaker = CVM_SAYS_HOST_KERNEL,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Out of memory: Killed process %d (qemu" },
      .cause = N_("The kernel killed QEMU because the host ran out of memory: an encrypted guest's "
                  "memory can neither be swapped nor shared."),
      .remedy = N_("Make the guests of this host smaller or fewer; leave huge pages and <locked/> "
                   "out of SEV-SNP guests, where they double what is used."),
      .rules = "CVM504 CVM505 CVM512" },
    { .id = "memlock-not-raised",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "cannot limit locked memory of process %d to %d" },
      .cause = N_("libvirt may not raise how much memory QEMU locks to {2} bytes: it runs in a "
                  "session or a container without that right."),
      .remedy =
          N_("Run the guest under qemu:///system, or raise the limit from outside: "
             "LimitMEMLOCK=infinity of the service or container, or CAP_SYS_RESOURCE for libvirt."),
      .rules = "CVM709" },
    { .id = "tuning-in-session",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Memory tuning is not available in session mode",
                    "Block I/O tuning is not available in session mode",
                    "CPU tuning is not available in session mode" },
      .cause = N_(
          "The domain has <memtune>, <blkiotune> or <cputune>, which qemu:///session cannot do."),
      .remedy = N_("Remove that element, or define the guest under qemu:///system.") },

    /* ---- huge pages ---- */
    { .id = "no-hugetlbfs",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "hugetlbfs filesystem is not mounted or disabled by administrator config" },
      .cause = N_("The domain wants huge pages, and libvirt finds no hugetlbfs on this host."),
      .remedy = N_("Mount it ('systemctl start dev-hugepages.mount') and restart libvirt's daemon, "
                   "or remove <hugepages>; SEV-SNP guests are better without."),
      .rules = "CVM505 CVM506" },
    { .id = "no-hugetlbfs-of-size",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Unable to find any usable hugetlbfs mount for %d KiB" },
      .cause = N_("The host has no hugetlbfs for pages of {1} KiB."),
      .remedy = N_("Mount one (mount -t hugetlbfs -o pagesize={1}K …) and restart libvirt's "
                   "daemon, or ask for another page size."),
      .rules = "CVM506" },
    { .id = "hugepage-pool",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "preallocating memory failed: %s",
                    "unable to map backing store for guest RAM: Cannot allocate memory" },
      .cause = N_("The host does not have enough free huge pages, in total or on the NUMA node "
                  "that the guest is bound to."),
      .remedy =
          N_("Enlarge the pool ('virsh freepages --all' shows it; write to "
             "/sys/devices/system/node/nodeN/hugepages/…/nr_hugepages), or remove <hugepages>."),
      .rules = "CVM505 CVM506 CVM507 CVM508" },
    { .id = "hugepages-combination",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "hugepages are not allowed with memory allocation ondemand",
                    "hugepages are not allowed with anonymous memory source",
                    "hugepages is not supported with memfd memory source" },
      .cause = N_("<hugepages> contradicts another element of <memoryBacking>."),
      .remedy = N_("Remove <allocation mode='ondemand'/> or <source …/> beside <hugepages>, or "
                   "<hugepages> itself."),
      .rules = "CVM505" },
    { .id = "hugepage-nodes",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "nodeset attribute of hugepages of sizes %d and %d intersect",
                    "two master hugepages detected:", "hugepages: node %d not found" },
      .cause = N_("The <page> elements of <hugepages> overlap, or name a guest NUMA cell that does "
                  "not exist."),
      .remedy = N_("Give each guest cell one <page>; nodeset means the guest's cells, from 0."),
      .rules = "CVM506" },
    { .id = "shared-without-numa",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "memory access mode '%s' not supported without guest numa node" },
      .cause = N_("<access mode='{1}'/> needs a guest NUMA cell with this libvirt."),
      .remedy = N_("Write <cpu><numa><cell …/></numa></cpu>, or <source type='memfd'/> beside it."),
      .rules = "CVM609" },

    /* ---- NUMA ---- */
    { .id = "numa-node-unavailable",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "NUMA node %d is unavailable", "NUMA node %d is out of range",
                    "NUMA node %d is not available" },
      .cause = N_("The domain binds memory to the host's NUMA node {1}, which is not there or has "
                  "no memory."),
      .remedy = N_("Correct nodeset in <numatune>: 'numactl --hardware' or 'virsh capabilities' "
                   "lists the nodes."),
      .rules = "CVM509" },
    { .id = "numad-missing",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "numad is not available on this host",
                    "Failed to query numad for the advisory nodeset" },
      .cause = N_("placement='auto' asks numad where to run the guest, and numad is missing or "
                  "gives no answer."),
      .remedy = N_("Install and start numad, or write nodeset='…' instead of placement='auto'."),
      .rules = "CVM509" },
    { .id = "numa-cells-without-cpus",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "At least one NUMA node has to have CPUs" },
      .cause = N_("None of the guest's NUMA cells has a vCPU."),
      .remedy = N_("Write cpus='…' into at least one <cell>."),
      .rules = "CVM511" },
    { .id = "memory-size-overflow",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "memory size of NUMA node '%d' overflowed after alignment",
                    "overflowed after alignment" },
      .cause = N_("A memory size is so large that rounding it up to MiB overflows."),
      .remedy = N_(
          "Correct <memory> or the <cell>: look at the unit, which is KiB where none is written."),
      .rules = "CVM102 CVM511" },
    { .id = "memory-hotplug",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "cannot use/hotplug a memory device when domain 'maxMemory' is not defined",
                    "At least one numa node has to be configured when enabling memory hotplug" },
      .cause =
          N_("The domain has a memory device, but no <maxMemory> or no guest NUMA cell for it."),
      .remedy = N_("Remove the memory device and <maxMemory>: an encrypted guest is better given "
                   "all its memory at start."),
      .rules = "CVM513" },
    { .id = "discard-disabled",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Discarding RAM is disabled", "cannot disable RAM discard" },
      .cause = N_("A virtio-mem device gives memory back, and that of a SEV guest is pinned."),
      .remedy =
          N_("Remove <memory model='virtio-mem'>, and give the guest all its memory at start."),
      .rules = "CVM513" },
    { .id = "discard-failed",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Failed to discard range %s" },
      .cause = N_("Memory that the SEV-SNP guest made private cannot be given back: it is locked, "
                  "or in huge pages, and is used twice."),
      .remedy = N_("Remove <locked/> and <hugepages> from <memoryBacking>."),
      .rules = "CVM504 CVM505" },
    { 0 },
};
