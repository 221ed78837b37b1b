/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CVM221: what <qemu:commandline> does behind libvirt's back. */
#include "rules/launch.h"

#include <string.h>

#include "util/i18n.h"

/* libvirt's src/conf/schemas/qemu.rng. */
#define QEMU_NAMESPACE "http://libvirt.org/schemas/domain/qemu/1.0"

/* The namespace of an element by the declarations on itself and above it; NULL without one. */
static const char *
find_namespace(const struct cvm_node *element)
{
    const char *colon = strchr(element->name, ':');
    g_autofree char *name =
        colon ? g_strdup_printf("xmlns:%.*s", (int)(colon - element->name), element->name)
              : g_strdup("xmlns");

    for (; element; element = element->parent) {
        const char *uri = cvm_node_attribute_text(element, name);

        if (uri) {
            return uri;
        }
    }
    return NULL;
}

static const char *
local_name(const struct cvm_node *element)
{
    const char *colon = strchr(element->name, ':');

    return colon ? colon + 1 : element->name;
}

static void
report_dropped(struct cvm_check *check, const struct cvm_node *element)
{
    const char *uri = find_namespace(element);
    const struct cvm_from place = { .node = element };
    struct cvm_finding *finding =
        uri ? cvm_report(check, &place,
                         _("'%1$s' is in the namespace '%2$s', which libvirt does not know: it "
                           "drops the element without a word, and QEMU never sees it."),
                         element->name, uri)
            : cvm_report(check, &place,
                         _("'%s' is in no namespace: libvirt drops it without a word, and QEMU "
                           "never sees it."),
                         element->name);

    cvm_fix(finding,
            _("Write '<domain … xmlns:qemu='%1$s'>' and '<qemu:%2$s>', or remove the element."),
            QEMU_NAMESPACE, local_name(element));
}

/* What an argument may hold that libvirt would otherwise know of. */
static const struct {
    const char *option; /* that the argument follows; NULL: that it is */
    const char *text;   /* part of the argument */
    gboolean launch;    /* makes the guest confidential, rather than choosing its firmware */
} hidden[] = {
    { "-object", "sev-guest", TRUE },
    { "-object", "sev-snp-guest", TRUE },
    { "-object", "tdx-guest", TRUE },
    { "-machine", "confidential-guest-support", TRUE },
    { "-M", "confidential-guest-support", TRUE },
    { "-machine", "memory-encryption", TRUE },
    { "-M", "memory-encryption", TRUE },
    { NULL, "-bios", FALSE },
    { NULL, "-pflash", FALSE },
    { "-drive", "if=pflash", FALSE },
};

static void
report_launch(struct cvm_check *check, const struct cvm_from *place, const char *argument)
{
    cvm_fix(
        cvm_report(
            check, place,
            cvm_is_unset(check->domain->launch)
                ? _("Argument '%s' makes the guest confidential without libvirt knowing it: "
                    "libvirt neither opens /dev/sev to QEMU nor chooses firmware for it, and no "
                    "rule about such guests is applied here.")
                : _("Argument '%s' meddles with the launch that launchSecurity describes: what "
                    "QEMU starts is not what libvirt, and this program, know of."),
            argument),
        _("Say it in '<launchSecurity>', and remove the argument."));
}

static void
report_firmware(struct cvm_check *check, const struct cvm_from *place, const char *argument)
{
    cvm_fix(cvm_report(check, place,
                       _("Argument '%s' loads firmware behind libvirt's back, which sets up its "
                         "own: which of the two the guest boots, and what is measured, is not what "
                         "the domain says."),
                       argument),
            _("Say it in '<os>' by '<loader>' or '<nvram>', and remove the argument."));
}

/* "sev-guest,id=…", "qom-type=sev-guest,…", or "qom-type":"sev-guest" in JSON. */
static gboolean
is_object(const char *argument, const char *type)
{
    g_autofree char *json = g_strdup_printf("\"%s\"", type);
    g_autofree char *named = g_strdup_printf("qom-type=%s", type);

    return g_str_has_prefix(argument, type) || strstr(argument, json) || strstr(argument, named);
}

/* The row of what an argument hides, G_N_ELEMENTS(hidden) for none. */
static size_t
find_hidden(const char *option, const char *argument)
{
    for (size_t i = 0; i < G_N_ELEMENTS(hidden); i++) {
        if (!hidden[i].option                          ? g_str_equal(argument, hidden[i].text)
            : g_strcmp0(option, hidden[i].option) != 0 ? FALSE
            : g_str_equal(hidden[i].option, "-object") ? is_object(argument, hidden[i].text)
                                                       : strstr(argument, hidden[i].text) != NULL) {
            return i;
        }
    }
    return G_N_ELEMENTS(hidden);
}

/* An object and the machine that uses it are one thing: only the first is reported. */
static void
check_arguments(struct cvm_check *check, const struct cvm_node *commandline)
{
    const char *option = NULL;
    gboolean launch = FALSE;

    for (const struct cvm_node *arg = commandline->children; arg; arg = arg->next) {
        const struct cvm_node *value =
            g_str_equal(local_name(arg), "arg") ? cvm_node_attribute(arg, "value") : NULL;
        const struct cvm_from place = { .node = value };
        size_t row = value ? find_hidden(option, value->text) : G_N_ELEMENTS(hidden);

        if (row < G_N_ELEMENTS(hidden) && !hidden[row].launch) {
            report_firmware(check, &place, value->text);
        } else if (row < G_N_ELEMENTS(hidden) && !launch) {
            report_launch(check, &place, value->text);
            launch = TRUE;
        }
        option = value ? value->text : option;
    }
}

/* Options of QEMU's that set, or can set, what is measured: firmware, kernel, CPUs (one more as a
 * device, or where one starts, by the generic loader) and the launch itself; and what their
 * argument says then, NULL for anything. */
static const struct {
    const char *option, *text;
} measured[] = {
    { "-append", NULL },     { "-bios", NULL },       { "-cpu", NULL },      { "-drive", "pflash" },
    { "-device", "-cpu" },   { "-device", "loader" }, { "-dtb", NULL },      { "-global", "cpu" },
    { "-global", "sev-" },   { "-initrd", NULL },     { "-kernel", NULL },   { "-M", NULL },
    { "-machine", NULL },    { "-object", "igvm" },   { "-object", "sev-" }, { "-pflash", NULL },
    { "-readconfig", NULL }, { "-set", NULL },        { "-shim", NULL },     { "-smp", NULL },
};

static gboolean
is_measured(const char *option, const char *argument)
{
    /* QEMU takes "--kernel" for "-kernel". */
    const char *name = g_str_has_prefix(option, "--") ? option + 1 : option;

    for (size_t i = 0; i < G_N_ELEMENTS(measured); i++) {
        if (g_str_equal(name, measured[i].option) &&
            (!measured[i].text || (argument && strstr(argument, measured[i].text)))) {
            return TRUE;
        }
    }
    return FALSE;
}

static const struct cvm_node *
find_measured(const struct cvm_node *commandline)
{
    for (const struct cvm_node *arg = commandline->children; arg; arg = arg->next) {
        const struct cvm_node *value = cvm_node_attribute(arg, "value");
        const char *next = arg->next ? cvm_node_attribute_text(arg->next, "value") : NULL;

        if (value && g_str_equal(local_name(arg), "arg") && is_measured(value->text, next)) {
            return value;
        }
    }
    return NULL;
}

const struct cvm_node *
cvm_commandline_measured(const struct cvm_domain *domain)
{
    const struct cvm_node *root = domain->from.node;
    const struct cvm_node *found = NULL;

    if (domain->form != CVM_FORM_XML || !root || !cvm_domain_is_qemu(domain)) {
        return NULL;
    }
    for (const struct cvm_node *child = root->children; child && !found; child = child->next) {
        if (g_str_equal(local_name(child), "commandline") &&
            g_strcmp0(find_namespace(child), QEMU_NAMESPACE) == 0) {
            found = find_measured(child);
        }
    }
    return found;
}

gboolean
cvm_commandline_launches(const struct cvm_domain *domain)
{
    const struct cvm_node *root = domain->from.node;

    if (domain->form != CVM_FORM_XML || !root || !cvm_domain_is_qemu(domain)) {
        return FALSE;
    }
    for (const struct cvm_node *child = root->children; child; child = child->next) {
        const char *option = NULL;

        if (!g_str_equal(local_name(child), "commandline") ||
            g_strcmp0(find_namespace(child), QEMU_NAMESPACE) != 0) {
            continue;
        }
        for (const struct cvm_node *arg = child->children; arg; arg = arg->next) {
            const char *value = cvm_node_attribute_text(arg, "value");
            size_t row = value ? find_hidden(option, value) : G_N_ELEMENTS(hidden);

            if (row < G_N_ELEMENTS(hidden) && hidden[row].launch) {
                return TRUE;
            }
            option = value ? value : option;
        }
    }
    return FALSE;
}

void
cvm_check_commandline(struct cvm_check *check)
{
    const struct cvm_node *root = check->domain->from.node;

    if (check->domain->form != CVM_FORM_XML || !root || !cvm_domain_is_qemu(check->domain)) {
        return;
    }
    for (const struct cvm_node *child = root->children; child; child = child->next) {
        if (!g_str_equal(local_name(child), "commandline")) {
            continue;
        }
        if (g_strcmp0(find_namespace(child), QEMU_NAMESPACE) == 0) {
            check_arguments(check, child);
        } else {
            report_dropped(check, child);
        }
    }
}
