/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 8xx: what a profile asks for and virt-install is not given, since it has no words for it, or
 * would not take, or would tell others. */
#include <string.h>

#include "rules/rule.h"
#include "util/i18n.h"
#include "util/quote.h"

/* ---- 840 virt-install-cannot-say ---- */

/* --xml sets elements and attributes of the namespaces that virt-install knows (virtinst/xmlapi.py,
 * NAMESPACES), and metadata is of others. */
static void
check_words(struct cvm_check *check)
{
    const struct cvm_text *metadata = &check->domain->metadata;

    if (cvm_is_set(*metadata)) {
        cvm_fix(
            cvm_report(check, &metadata->from,
                       _("virt-install cannot write metadata of other programs: the guest is "
                         "made without it.")),
            _("Add it afterwards by `virsh metadata`, or define the guest from `cvmdom render`'s "
              "XML."));
    }
}

/* ---- 841 virt-install-refuses ---- */

/* Linux gives no single argument to a program that is longer (MAX_ARG_STRLEN, execve(2)). */
enum { ARGUMENT_MAX = 32 * 4096 };
/* For the sub-options that share an argument with a text. */
enum { ARGUMENT_REST = 4096 };

static size_t
length_of(const struct cvm_text *text)
{
    return cvm_is_set(*text) ? strlen(text->value) : 0;
}

static void
check_length(struct cvm_check *check, const struct cvm_text *text, const struct cvm_text *beside)
{
    if (length_of(text) + length_of(beside) > ARGUMENT_MAX - ARGUMENT_REST) {
        cvm_fix(cvm_report(check, &text->from,
                           _("The text has more bytes than a command line holds in one argument: "
                             "the shell cannot start virt-install.")),
                _("Shorten it, or define the guest from `cvmdom render`'s XML."));
    }
}

static void
check_refused(struct cvm_check *check)
{
    const struct cvm_domain *domain = check->domain;
    CVM_AUTO(arena) *arena = cvm_arena_new();

    /* virtinst/xmlbuilder.py, validate_generic_name() */
    if (cvm_is_set(domain->name) && strchr(domain->name.value, ' ')) {
        cvm_fix(cvm_report(check, &domain->name.from,
                           _("virt-install makes no guest with a space in its name, as in '%s'."),
                           cvm_quote(arena, domain->name.value)),
                _("Choose a name without, or define the guest from `cvmdom render`'s XML."));
    }
    check_length(check, &domain->description, &domain->title);
    check_length(check, &domain->os.cmdline, &domain->os.kernel);
}

/* ---- 842 virt-install-escapes ---- */

/* Texts that are attributes of libvirt's XML, and free. */
#define OF(l, s, t)                                                                                \
    {                                                                                              \
        offsetof(struct cvm_devices, l), sizeof(struct s), offsetof(struct s, t)                   \
    }
static const struct {
    size_t list, size, text;
} attributes[] = {
    OF(disk, cvm_disk, source),
    OF(disk, cvm_disk, pool),
    OF(disk, cvm_disk, protocol),
    OF(disk, cvm_disk, host),
    OF(controller, cvm_controller, common.model),
    OF(interface, cvm_interface, source),
    OF(interface, cvm_interface, target),
    OF(interface, cvm_interface, common.model),
    OF(serial, cvm_chardev, source),
    OF(serial, cvm_chardev, target),
    OF(serial, cvm_chardev, log),
    OF(serial, cvm_chardev, common.model),
    OF(console, cvm_chardev, source),
    OF(console, cvm_chardev, target),
    OF(console, cvm_chardev, log),
    OF(channel, cvm_chardev, source),
    OF(channel, cvm_chardev, target),
    OF(channel, cvm_chardev, log),
    OF(tpm, cvm_tpm, source),
    OF(graphics, cvm_graphics, listen),
    OF(graphics, cvm_graphics, password),
    OF(graphics, cvm_graphics, socket),
    OF(filesystem, cvm_filesystem, source),
    OF(filesystem, cvm_filesystem, target),
    OF(hostdev, cvm_hostdev, common.model),
};

static void
check_attribute(struct cvm_check *check, const struct cvm_text *text)
{
    const char *special = cvm_is_set(*text) ? strpbrk(text->value, "&<>'\"") : NULL;

    if (special) {
        cvm_fix(cvm_report(check, &text->from,
                           _("virt-install before 5.1 escapes '%c' of an attribute twice. The "
                             "script sets the value once more in a way that 4.1 and 5.0 "
                             "understand; others may refuse it."),
                           *special),
                _("Use a value without '&', '<', '>' and quotes, or define the guest from `cvmdom "
                  "render`'s XML."));
    }
}

static void
check_attributes(struct cvm_check *check)
{
    const struct cvm_domain *domain = check->domain;

    check_attribute(check, &domain->os.nvram_template);
    for (size_t i = 0; i < G_N_ELEMENTS(attributes); i++) {
        const struct cvm_list *list = G_STRUCT_MEMBER_P(&domain->devices, attributes[i].list);

        for (unsigned n = 0; n < list->count; n++) {
            const char *item = (const char *)list->items + n * attributes[i].size;

            check_attribute(check, G_STRUCT_MEMBER_P(item, attributes[i].text));
        }
    }
}

/* ---- 843 virt-install-shows-password ---- */

static void
check_passwords(struct cvm_check *check)
{
    cvm_each (struct cvm_graphics, graphics, &check->domain->devices.graphics) {
        if (cvm_is_set(graphics->password)) {
            cvm_fix(cvm_report(check, &graphics->password.from,
                               _("The password is an argument of virt-install: every user of the "
                                 "host sees it while it runs, and its log keeps it.")),
                    _("Leave it out and listen at a socket or at '127.0.0.1', or define the guest "
                      "from `cvmdom render`'s XML."));
        }
    }
}

/* ---- 844 virt-install-starts-at-once ---- */

static void
check_session(struct cvm_check *check)
{
    const struct cvm_launch *launch = &check->domain->launch;

    if (cvm_is_set(launch->session)) {
        cvm_fix(cvm_report(check, &launch->session.from,
                           _("virt-install lets the guest run at once: nobody can look at its "
                             "measurement first, and a secret can no longer be given to it.")),
                _("Run the script with --noreboot, which defines the guest only, and start it by "
                  "`virsh start --paused`."));
    }
}

const struct cvm_rule cvm_rules_virt_install[] = {
    { "CVM840", "virt-install-cannot-say", CVM_WARNING, 0, FALSE,
      N_("virt-install has no words for metadata of other programs."), check_words },
    { "CVM841", "virt-install-refuses", CVM_SEVERE, 0, FALSE,
      N_("virt-install takes no name with a space, and the kernel no argument of any length."),
      check_refused },
    { "CVM842", "virt-install-escapes", CVM_WARNING, 0, FALSE,
      N_("virt-install before 5.1 writes attributes with special characters wrongly."),
      check_attributes },
    { "CVM843", "virt-install-shows-password", CVM_WARNING, 0, FALSE,
      N_("A password on virt-install's command line is seen by others."), check_passwords },
    { "CVM844", "virt-install-starts-at-once", CVM_WARNING, CVM_GUEST_LEGACY, FALSE,
      N_("virt-install starts a guest whose owner wants to see its measurement first."),
      check_session },
    { 0 },
};
