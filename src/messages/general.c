/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvirt and QEMU say when something failed before: never the cause. */
#include "messages/messages.h"
#include "util/i18n.h"

#define LOOK_BEFORE                                                                                \
    N_("Look at the lines before it, and at the end of /var/log/libvirt/qemu/NAME.log: "           \
       "'cvmdom explain --log' finds the cause there.")

const struct cvm_message cvm_messages_general[] = {
    { .id = "start-failed",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_FOLLOWS,
      .patterns = { "Failed to start domain" },
      .cause = N_("virsh says only that the start failed: the line after it says why."),
      .remedy = LOOK_BEFORE },
    { .id = "define-failed",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_FOLLOWS,
      .patterns = { "Failed to define domain from" },
      .cause =
          N_("virsh says only that libvirt refused the definition: the line after it says why."),
      .remedy = N_("Look at the next line, or run 'cvmdom lint' on the file.") },
    { .id = "monitor-closed",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_FOLLOWS,
      .patterns = { "qemu unexpectedly closed the monitor",
                    "process exited while connecting to monitor",
                    "Unable to read from monitor: Connection reset by peer",
                    "Monitor path %s did not show up" },
      .cause = N_("QEMU ended while libvirt waited for it: what QEMU wrote before says why."),
      .remedy = LOOK_BEFORE },
    { .id = "shut-down-failed",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_FOLLOWS,
      .patterns = { "shutting down, reason=failed", "shutting down, reason=crashed" },
      .cause = N_("libvirt notes that the guest did not start, or ended by itself; QEMU's lines "
                  "before say why."),
      .remedy = LOOK_BEFORE },
    { .id = "kvm-init-failed",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_FOLLOWS,
      .patterns = { "failed to initialize kvm: %s" },
      .cause = N_("QEMU could not set up KVM: the line before this one says why."),
      .remedy = LOOK_BEFORE },
    { .id = "device-initialization-failed",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_FOLLOWS,
      .patterns = { "Device initialization failed" },
      .cause = N_("QEMU could not set up a device: the line before this one, or the rest of this "
                  "line, says why."),
      .remedy = LOOK_BEFORE },
    { .id = "vfio-container",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_FOLLOWS,
      .patterns = { "failed to setup container for group %d" },
      .cause = N_("QEMU could not set up a passed-through device: the rest of the line says why."),
      .remedy = LOOK_BEFORE },
    { 0 },
};
