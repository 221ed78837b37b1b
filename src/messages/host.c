/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages of libvirt and QEMU about the host: KVM, CPU, rights. Format strings of libvirt 9.0 and
 * 11.3, QEMU 10.0. */
#include "messages/messages.h"
#include "util/i18n.h"

const struct cvm_message cvm_messages_host[] = {
    { .id = "no-kvm",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Domain requires KVM, but it is not available.",
                    "Could not access KVM kernel module: %s", "KVM not enabled" },
      .cause = N_("The host has no /dev/kvm that can be used: virtualisation is off in the BIOS, "
                  "or kvm_amd is not loaded."),
      .remedy =
          N_("Switch SVM on in the BIOS, run 'modprobe kvm_amd', and check that QEMU's user may "
             "open /dev/kvm."),
      .rules = "CVM222 CVM701" },
    { .id = "sev-off-in-kvm",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "SEV is not enabled in KVM", "SEV feature is not available" },
      .cause = N_("KVM runs without SEV on this host."),
      .remedy = N_("Set kvm_amd.sev=1 and switch SEV (SMEE) on in the BIOS; then reload kvm_amd "
                   "and restart libvirt's daemon."),
      .rules = "CVM701" },
    { .id = "sev-not-supported-by-host",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "QEMU does not support SEV guest" },
      .cause = N_("libvirt found no SEV when it looked at this host's QEMU."),
      .remedy = N_("Check that /dev/sev is there and kvm_amd.sev is on; then restart libvirt's "
                   "daemon, which looks again."),
      .rules = "CVM701 CVM711" },
    { .id = "cpu-incompatible",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "the CPU is incompatible with host CPU",
                    "guest CPU doesn't match specification: missing features: %s",
                    "CPU mode '%s' for %s %s domain on %s host is not supported by hypervisor" },
      .cause = N_("This host cannot run the guest's CPU model."),
      .remedy =
          N_("Choose a model that 'virsh domcapabilities' calls usable='yes' (EPYC-v4 for "
             "SEV-SNP), or mode='host-passthrough'; remove features that were added by hand."),
      .rules = "CVM614" },
    { .id = "tsc-frequency",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Requested TSC frequency %d Hz is outside tolerance range" },
      .cause = N_("The domain wants the TSC at {1} Hz, but this host's has another frequency."),
      .remedy = N_("Remove frequency= from <timer name='tsc'>.") },
    { .id = "cpu-affinity",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "cannot set CPU affinity on process %d: Invalid argument",
                    "/cpuset.cpus': %s" },
      .cause = N_("The domain pins to a CPU that the host does not have, or that its cgroup does "
                  "not allow."),
      .remedy = N_("Correct cpuset in <vcpu>, <vcpupin>, <emulatorpin> or <iothreadpin>."),
      .rules = "CVM509" },
    { .id = "scheduler-tuning",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "cgroup cpu is required for scheduler tuning" },
      .cause = N_("The domain has <shares>, <period> or <quota>, and libvirt has no cgroup to set "
                  "them in."),
      .remedy = N_("Remove them from <cputune>, or run the guest under qemu:///system.") },
    { .id = "too-many-vcpus",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Maximum CPUs greater than specified machine type limit %d" },
      .cause = N_("The guest has more vCPUs than its machine type takes, which is {1}."),
      .remedy = N_("Write fewer into <vcpu>, or take a newer q35 machine."),
      .rules = "CVM710" },
    { .id = "cpu-topology",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "CPU topology doesn't match maximum vcpu count",
                    "Number of CPUs in <numa> exceeds the <vcpu> count" },
      .cause = N_("<vcpu> does not match <topology> or the guest's NUMA cells."),
      .remedy = N_("Write sockets × dies × cores × threads into <vcpu>.") },
    { .id = "label-failed",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "unable to set user and group to '%s' on '%s'" },
      .cause = N_("libvirt may not give {2} to QEMU's user."),
      .remedy =
          N_("Check that it is on a file system that keeps owners (NFS with root_squash does not "
             "let libvirt set them), or write <seclabel type='none' model='dac'/> in the disk.") },
    { .id = "session-file-not-written",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "failed to write data to config '%s'" },
      .cause = N_("libvirt could not write {1}, in which QEMU is to find dhCert or session."),
      .remedy = N_("Look at the free space and rights of that folder.") },
    { .id = "daemon-denied",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Failed to connect socket to '%s': Permission denied",
                    "no polkit agent available to authenticate action '%s'",
                    "authentication failed: access denied by policy" },
      .cause = N_("libvirt's daemon runs, but you may not talk to it."),
      .remedy = N_("Have yourself added to the group libvirt ('usermod -aG libvirt USER') and log "
                   "in anew, or work as root; qemu:///session is a libvirt of your own, without "
                   "the rights that SEV guests need.") },
    { .id = "connection-read-only",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "read only access prevents %s" },
      .cause = N_("The connection may only read, and {1} is more than that."),
      .remedy = N_("Open one that may write: without 'virsh --readonly', and through no socket "
                   "that ends in '-ro'.") },
    { .id = "daemon-silent",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "connection closed due to keepalive timeout" },
      .cause =
          N_("libvirt's daemon, or the network on the way to it, gave no sign of life, and the "
             "connection was given up."),
      .remedy = N_("See whether it hangs ('systemctl status libvirtd'), and whether its machine is "
                   "reached; what was asked for may have been done all the same.") },
    { .id = "daemon-left",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      /* as virsh says the second: a daemon's log has it of each client that leaves */
      .patterns = { "client socket is closed", "error: End of file while reading data" },
      .cause = N_("libvirt's daemon, or ssh on the way to it, ended the connection."),
      .remedy = N_("See in the journal whether the daemon was restarted or crashed ('journalctl -u "
                   "libvirtd -u virtqemud'); what was asked for may have been done all the "
                   "same.") },
    { .id = "daemon-not-running",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Failed to connect socket to '%s'" },
      .cause = N_("The daemon of libvirt behind {1} does not run."),
      .remedy = N_("Start it: 'systemctl start libvirtd.socket', or, with modular daemons, "
                   "virtqemud.socket, virtnetworkd.socket and the one that is named here.") },
    { .id = "machine-unknown",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "unsupported machine type",
                    "Emulator '%s' does not support machine type '%s'" },
      .cause = N_("This host's QEMU does not have the domain's machine type."),
      .remedy = N_("Write machine='q35', which stands for the newest that the host has."),
      .rules = "CVM402" },
    { 0 },
};
