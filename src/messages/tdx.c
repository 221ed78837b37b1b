/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QEMU's start messages about Intel TDX guests, of which cvmdom has no rules: QEMU 10.2's
 * target/i386/kvm/tdx.c. */
#include "messages/messages.h"
#include "util/i18n.h"

#define TDX_VERSIONS N_("10.1 and later")

const struct cvm_message cvm_messages_tdx[] = {
    { .id = "tdx-smm",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "TDX VM doesn't support SMM" },
      .cause = N_("SMM is on, which a TDX guest cannot have."),
      .remedy = N_("Write <smm state='off'/> into <features>."),
      .versions = TDX_VERSIONS },
    { .id = "tdx-interrupts",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "TDX VM doesn't support PIC", "TDX VM requires kernel_irqchip to be split" },
      .cause = N_("A TDX guest needs a split interrupt controller, without the old PIC."),
      .remedy = N_("Write <ioapic driver='qemu'/> into <features>."),
      .versions = TDX_VERSIONS },
    { .id = "tdx-cpu",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "Named cpu model is not supported for TDX yet!",
                    "TDX requires guest CPU physical bits (%d) to match host CPU physical bits "
                    "(%d)" },
      .cause = N_("A TDX guest must have the host's CPU model."),
      .remedy = N_("Write <cpu mode='host-passthrough'/>, without <maxphysaddr>."),
      .versions = TDX_VERSIONS },
    { .id = "tdx-digest-length",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "TDX '%s' sha384 digest was %d bytes, expected %d bytes" },
      .cause = N_("{1} decodes to {2} bytes instead of {3}."),
      .remedy = N_("Write the SHA-384 digest as base64: 48 bytes."),
      .versions = TDX_VERSIONS },
    { .id = "tdx-unsupported",
      .speaker = CVM_SAYS_LIBVIRT,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "INTEL TDX launch security is not supported with this QEMU binary" },
      .cause = N_("libvirt found that QEMU cannot run TDX guests on this host."),
      .remedy = N_(
          "Use QEMU 10.1 or later with libvirt 11.6 or later, and a kernel with TDX switched on."),
      .versions = N_("11.6 and later") },
    { .id = "tdx-init",
      .speaker = CVM_SAYS_QEMU,
      .rank = CVM_RANK_CAUSE,
      .patterns = { "KVM_TDX_INIT_VM failed: %s" },
      .cause = N_("The kernel refuses the TDX guest: {1}."),
      .remedy = N_("Compare the versions of kernel, QEMU and TDX module, and the CPU features that "
                   "were added by hand."),
      .versions = TDX_VERSIONS },
    { 0 },
};
