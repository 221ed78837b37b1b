/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an explanation says. None of them is an excuse: a guest whose measurement differs is not the
 * one that was asked for, and each text says what that means. */
#include <stdlib.h>

#include "attest/explain.h"
#include "cvmdom/policy.h"
#include "util/i18n.h"

enum {
    NO_DEBUG = 1 << 0, /* bits of the policy (publication 55766, "Guest Policy Structure") */
    SEV_ES = 1 << 2,
};

const char *
attest_change_name(enum attest_change_kind kind)
{
    static const char *const names[] = {
        [ATTEST_CHANGE_FIRMWARE] = "firmware", [ATTEST_CHANGE_KERNEL_HASHES] = "kernel-hashes",
        [ATTEST_CHANGE_CMDLINE] = "cmdline",   [ATTEST_CHANGE_INITRD] = "initrd",
        [ATTEST_CHANGE_TYPE] = "type",         [ATTEST_CHANGE_VMSA] = "vmsa",
        [ATTEST_CHANGE_FEATURES] = "features", [ATTEST_CHANGE_SIGNATURE] = "signature",
        [ATTEST_CHANGE_VCPUS] = "vcpus",       [ATTEST_CHANGE_POLICY] = "policy",
        [ATTEST_CHANGE_KEYS] = "keys-swapped", [ATTEST_CHANGE_VERSION] = "firmware-version",
    };

    return names[kind];
}

static char *
describe_firmware(const struct attest_expected *expected, size_t index)
{
    return g_strdup_printf(
        _("It is the measurement of the firmware '%1$s' instead of '%2$s': the host started "
          "another "
          "image. If that is one you trust, name it in the document or with --firmware; if not, "
          "this guest is not yours."),
        cvmdom_firmware_name(g_ptr_array_index(expected->images, index)),
        cvmdom_firmware_name(g_ptr_array_index(expected->images, 0)));
}

static const char *
describe_kernel_hashes(gboolean measured)
{
    return measured
               ? _("It is the measurement with the hashes of kernel, initrd and command line, "
                   "which "
                   "are off in the document: the guest can only have booted that kernel. Turn "
                   "launchSecurity/kernelHashes on there, and verify again.")
               : _("It is the measurement without the hashes of kernel, initrd and command line: "
                   "the guest was started without kernelHashes, and the host may have booted any "
                   "kernel. Do not trust it; start it anew from this document, on a QEMU that "
                   "knows kernel-hashes.");
}

static const char *
describe_cmdline(enum attest_cmdline cmdline)
{
    switch (cmdline) {
    case ATTEST_CMDLINE_EMPTY:
        return _("It is the measurement with an empty kernel command line: the guest was started "
                 "without the one of the document, and with it without what that asks for. Start "
                 "it anew from this document.");
    case ATTEST_CMDLINE_STRIPPED:
        return _("It is the measurement of the kernel command line without the blanks around it, "
                 "which count: the guest runs the same command line, written otherwise. Remove "
                 "them from the document, and verify again.");
    default:
        return _("It is the measurement of the kernel command line with a newline at its end, "
                 "which counts: the guest runs the same command line, written otherwise. Write "
                 "it the same way in both places, and verify again.");
    }
}

static char *
describe_policy(const struct attest_expected *expected, uint32_t policy)
{
    const uint32_t wanted = (uint32_t)expected->launch->policy;
    char *names = cvmdom_policy_names("sev", policy, NULL);
    g_autofree char *copy = g_strdup(names ? names : "");

    free(names);
    if (wanted & NO_DEBUG && !(policy & NO_DEBUG)) {
        return g_strdup_printf(
            _("It is the measurement of a guest with the policy 0x%1$x (%2$s) instead of 0x%3$x, "
              "which lets the host read and change its memory by debug commands. Do not trust it."),
            policy, copy, wanted);
    }
    return g_strdup_printf(
        _("It is the measurement of a guest with the policy 0x%1$x (%2$s) instead of 0x%3$x: it "
          "was "
          "started under rules that the document does not ask for. Start it anew with a session "
          "that is made for 0x%3$x; or, if the other policy is right, put it into the document."),
        policy, copy, wanted);
}

static const char *
describe_type(gboolean es)
{
    return es ? _("It is the measurement of a SEV-ES guest, where the document asks for plain SEV: "
                  "that protects more, and is another guest. Put sev-es into the document if "
                  "that is meant, and verify again.")
              : _("It is the measurement of a plain SEV guest, where the document asks for SEV-ES: "
                  "the host can read and change its registers. Do not trust it; start it with the "
                  "policy's bit 2 set.");
}

static const char *
describe_vmsa(int vmsa)
{
    return vmsa == CVMDOM_VMSA_FPU
               ? _("It is the measurement with MXCSR and the x87 control word in the state of the "
                   "vCPUs, as QEMU starts them without legacy-vm-type. Code and policy are as "
                   "asked for: when that host is meant to do so, verify with --vmsa fpu.")
               : _("It is the measurement without MXCSR and the x87 control word in the state of "
                   "the vCPUs, as QEMU starts them with legacy-vm-type. Code and policy are as "
                   "asked for: when that host is meant to do so, verify with --vmsa legacy.");
}

static char *
describe_features(const struct attest_expected *expected, uint64_t features)
{
    return g_strdup_printf(
        _("It is the measurement with SEV_FEATURES 0x%1$llx instead of 0x%2$llx in the state of "
          "the vCPUs: the host's kernel turned DebugSwap (0x20) on or off, as Linux 6.6 and 6.7 "
          "do by default. Code and policy are as asked for: when that kernel is meant, verify "
          "with --features 0x%1$llx."),
        (unsigned long long)features, (unsigned long long)expected->launch->features);
}

static char *
describe_signature(const struct attest_expected *expected, size_t index)
{
    struct cvmdom_cpu cpu = { .name = "" };

    cvmdom_cpu_at(index, &cpu);
    return g_strdup_printf(
        _("It is the measurement of a guest with a CPU of the signature 0x%1$08x (%2$s) instead of "
          "0x%3$08x: the host gave it another CPU model. Code and policy are as asked for: when "
          "that model is meant, put it into the document or verify with --cpu %2$s."),
        cpu.signature, cpu.name, expected->launch->signature);
}

static char *
describe_vcpus(const struct attest_expected *expected, uint64_t vcpus)
{
    return g_strdup_printf(
        _("It is the measurement of a guest of %1$llu vCPUs instead of %2$llu. Code and policy "
          "are as asked for: when that number is meant, put it into the document or verify with "
          "--vcpus %1$llu; otherwise start the guest anew."),
        (unsigned long long)vcpus, (unsigned long long)expected->launch->vcpus);
}

static char *
describe_version(const struct attest_expected *expected, unsigned version)
{
    const struct cvmdom_measurement *given = expected->measurement;

    return g_strdup_printf(
        _("It is the measurement of SEV firmware %1$u.%2$u, build %3$u instead of %4$u.%5$u, build "
          "%6$u: take the numbers from 'virsh domlaunchsecinfo' once more. The guest is as asked "
          "for, but if %1$u.%2$u is a version that you do not accept, do not trust the platform."),
        version >> 16, version >> 8 & 0xff, version & 0xff, given->api_major, given->api_minor,
        given->build_id);
}

char *
attest_change_describe(const struct attest_expected *expected, const struct attest_change *change)
{
    switch (change->kind) {
    case ATTEST_CHANGE_FIRMWARE:
        return describe_firmware(expected, change->value);
    case ATTEST_CHANGE_KERNEL_HASHES:
        return g_strdup(describe_kernel_hashes(change->value != 0));
    case ATTEST_CHANGE_CMDLINE:
        return g_strdup(describe_cmdline((enum attest_cmdline)change->value));
    case ATTEST_CHANGE_INITRD:
        return g_strdup(_("It is the measurement without an initrd: the guest was started without "
                          "the one of the document. Start it anew from this document."));
    case ATTEST_CHANGE_TYPE:
        return g_strdup(describe_type(change->value != 0));
    case ATTEST_CHANGE_VMSA:
        return g_strdup(describe_vmsa((int)change->value));
    case ATTEST_CHANGE_FEATURES:
        return describe_features(expected, change->value);
    case ATTEST_CHANGE_SIGNATURE:
        return describe_signature(expected, change->value);
    case ATTEST_CHANGE_VCPUS:
        return describe_vcpus(expected, change->value);
    case ATTEST_CHANGE_POLICY:
        return describe_policy(expected, (uint32_t)change->value);
    case ATTEST_CHANGE_KEYS:
        return g_strdup(_("It holds when TIK and TEK change places: the two files are mixed up, or "
                          "in a file of both the TIK stands first, where the TEK has to. Give them "
                          "the other way round, and verify again; the secret would be lost if "
                          "it were packed with the keys like this."));
    case ATTEST_CHANGE_VERSION:
        return describe_version(expected, (unsigned)change->value);
    }
    return NULL;
}

void
attest_changes_tell(const struct attest_expected *expected, const struct attest_change *changes,
                    unsigned n, cvmdom_explanation_fn visit, void *payload)
{
    g_autoptr(GString) what = g_string_new(NULL);
    g_autoptr(GString) sentence = g_string_new(NULL);
    struct cvmdom_explanation explanation;

    for (unsigned i = 0; i < n; i++) {
        g_autofree char *text = attest_change_describe(expected, &changes[i]);

        g_string_append_printf(what, "%s%s", i ? "+" : "", attest_change_name(changes[i].kind));
        g_string_append_printf(sentence, "%s%s", i ? " " : "", text);
    }
    if (n > 1) {
        g_string_prepend(sentence, " ");
        g_string_prepend(sentence, _("Two things are not as expected at once."));
    }
    explanation.what = what->str;
    explanation.sentence = sentence->str;
    if (visit) {
        visit(&explanation, payload);
    }
}
