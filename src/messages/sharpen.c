/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What QEMU's command line and the versions in a log add to a row's text. */
#include <string.h>

#include "messages/messages.h"
#include "model/policy.h"
#include "util/i18n.h"
#include "util/number.h"

/* Linux's releases that take more policy bits: 16 clear and 20 set from 6.17, 21 to 25 from 6.19.
 */
#define SNP_BITS_617 (UINT64_C(1) << 20)
#define SNP_BITS_619 (UINT64_C(0x1f) << 21)
#define SNP_MIGRATE_MA (UINT64_C(1) << 18)

static void G_GNUC_PRINTF(2, 3) replace(char **text, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_free(*text);
    *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

void
cvm_note_numbers(const char *line, struct cvm_diagnosis *diagnosis)
{
    gboolean told = strstr(diagnosis->message->cause, "{meaning}") != NULL;
    const struct cvm_firmware_code *code;
    const struct cvm_errno *error;
    struct cvm_match match;
    int ret, fw;

    if (told || !(cvm_match("ret=%d fw_error=%d", line, &match) ||
                  cvm_match("ret=%d fw_err=%d", line, &match))) {
        return;
    }
    if (cvm_match_number(&match, 1, &ret) && ret < 0 && (error = cvm_errno_by_number(ret))) {
        cvm_diagnosis_note(diagnosis, _("ret=%1$d is %2$s. %3$s"), ret, error->name,
                           _(error->meaning));
    }
    if (cvm_match_number(&match, 2, &fw) && (code = cvm_firmware_code_by_number(fw))) {
        cvm_diagnosis_note(diagnosis, _("fw_error=%1$d is %2$s. %3$s"), fw, code->name,
                           _(code->meaning));
    }
}

static enum cvm_guest
guest_of(const struct cvm_start *start)
{
    if (start->snp) {
        return CVM_GUEST_SEV_SNP;
    }
    return start->policy & CVM_SEV_POLICY_ES ? CVM_GUEST_SEV_ES : CVM_GUEST_SEV;
}

void
cvm_note_policy(const struct cvm_start *start, struct cvm_diagnosis *diagnosis)
{
    g_autofree char *number = cvm_policy_format(guest_of(start), start->policy);
    g_autofree char *names = cvm_policy_names(guest_of(start), start->policy);

    cvm_diagnosis_note(diagnosis, _("QEMU's command line has the %1$s policy %2$s: %3$s."),
                       cvm_guest_info(guest_of(start))->title, number,
                       *names ? names : _("no bit is set"));
}

/* The bits that a kernel of this version refuses; of one that is not known, those that none takes.
 */
static guint64
refused_bits(unsigned kernel)
{
    guint64 bits = CVM_SNP_POLICY_RESERVED | SNP_MIGRATE_MA;

    if (kernel && kernel < CVM_VERSION(6, 17, 0)) {
        bits |= SNP_BITS_617;
    }
    if (kernel && kernel < CVM_VERSION(6, 19, 0)) {
        bits |= SNP_BITS_619;
    }
    return bits;
}

void
cvm_sharpen_snp_policy(const struct cvm_start *start, struct cvm_diagnosis *diagnosis)
{
    guint64 refused = start->policy & refused_bits(start->kernel);
    gboolean by_kernel = g_str_equal(diagnosis->message->id, "snp-policy-refused-by-kernel");

    if (!start->snp || !start->has_policy) {
        return;
    }
    if (by_kernel && !(start->policy & CVM_SNP_POLICY_RESERVED_ONE)) {
        replace(
            &diagnosis->cause,
            _("The kernel refuses the SEV-SNP policy 0x%1$llx: bit 17 is clear, and must be set."),
            (unsigned long long)start->policy);
    } else if (by_kernel && refused) {
        g_autofree char *names = cvm_policy_names(CVM_GUEST_SEV_SNP, refused);

        replace(&diagnosis->cause,
                _("The kernel refuses the SEV-SNP policy 0x%1$llx because of these bits: %2$s."),
                (unsigned long long)start->policy, names);
    } else if (by_kernel && !(start->policy & CVM_SNP_POLICY_SMT) && start->kernel &&
               start->kernel < CVM_VERSION(6, 17, 0)) {
        replace(&diagnosis->cause,
                _("The kernel refuses the SEV-SNP policy 0x%1$llx: before Linux 6.17 it demands "
                  "bit 16 (SMT allowed)."),
                (unsigned long long)start->policy);
    }
    cvm_note_policy(start, diagnosis);
}

void
cvm_sharpen_sev_policy(const struct cvm_start *start, struct cvm_diagnosis *diagnosis)
{
    unsigned major, minor;

    if (!start->sev || !start->has_policy) {
        return;
    }
    cvm_note_policy(start, diagnosis);
    if (start->policy & CVM_SEV_POLICY_RESERVED) {
        cvm_diagnosis_note(diagnosis, _("It sets reserved bits (6 to 15), which should be 0."));
    }
    cvm_policy_version(CVM_GUEST_SEV, start->policy, &major, &minor);
    if (major || minor) {
        cvm_diagnosis_note(diagnosis,
                           _("It asks for a SEV firmware of API version %1$u.%2$u or later."),
                           major, minor);
    }
}

void
cvm_sharpen_es(const struct cvm_start *start, struct cvm_diagnosis *diagnosis)
{
    if (start->snp || (start->sev && start->policy & CVM_SEV_POLICY_ES)) {
        cvm_diagnosis_note(diagnosis,
                           _("It is a %1$s guest: SEV-ES and SEV-SNP share the ASIDs below the "
                             "BIOS's SEV-ES limit; a limit of 1 leaves none."),
                           cvm_guest_info(guest_of(start))->title);
    } else if (start->sev && start->has_policy) {
        cvm_diagnosis_note(diagnosis,
                           _("The policy 0x%1$llx on QEMU's command line makes a plain SEV guest: "
                             "bit 2 (SEV-ES) is clear."),
                           (unsigned long long)start->policy);
    }
}

void
cvm_sharpen_memlock(const struct cvm_start *start, struct cvm_diagnosis *diagnosis)
{
    if (!start->command) {
        return;
    }
    if (!start->locked) {
        replace(&diagnosis->cause, "%s",
                _("KVM may not pin the SEV guest's memory: the domain has no <locked/>, so that "
                  "QEMU may lock only what libvirt's daemon may (64 MiB), or <hard_limit>."));
        return;
    }
    replace(
        &diagnosis->cause, "%s",
        _("KVM may not pin the SEV guest's memory although <locked/> is set: <hard_limit> is lower "
          "than what the guest needs, or the host does not have enough free memory."));
    replace(&diagnosis->remedy, "%s",
            _("Remove <hard_limit> from <memtune>, or raise it to the guest's memory and a few "
              "hundred MiB more; then look at 'free -m' on the host."));
}

/* libvirt makes the device in the guest's own /dev only where it knows of the SEV object. */
void
cvm_sharpen_device(const struct cvm_start *start, struct cvm_diagnosis *diagnosis)
{
    if (start->custom && (start->sev || start->snp)) {
        replace(&diagnosis->cause, "%s",
                _("The SEV object seems to come from <qemu:commandline>: libvirt knows nothing of "
                  "it, and gave QEMU no /dev/sev."));
        replace(&diagnosis->remedy, "%s",
                _("Write <launchSecurity> instead of the object in <qemu:commandline>; if the host "
                  "has no /dev/sev either, switch SEV on in its BIOS."));
    }
}

void
cvm_sharpen_vm_type(const struct cvm_start *start, struct cvm_diagnosis *diagnosis)
{
    g_autofree char *kernel = NULL;

    if (!start->kernel || start->kernel >= CVM_VERSION(6, 11, 0)) {
        return;
    }
    kernel = cvm_version_format(start->kernel);
    replace(
        &diagnosis->cause,
        _("This host's kernel, Linux %1$s, is too old for SEV-SNP guests, which came with 6.11."),
        kernel);
}

void
cvm_sharpen_vfio(const struct cvm_start *start, struct cvm_diagnosis *diagnosis)
{
    if (start->qemu) {
        g_autofree char *qemu = cvm_version_format(start->qemu);

        cvm_diagnosis_note(diagnosis, _("The log says that this is QEMU %1$s."), qemu);
    }
}
