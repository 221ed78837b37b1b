/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits that say what they do, and where an element belongs. */
#include "harden/repair.h"

#include <string.h>

#include "util/i18n.h"

void
cvm_repair_decline(struct cvm_repair *repair, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_free(repair->reason);
    repair->reason = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

void
cvm_repair_say(struct cvm_repair *repair, const char *format, ...)
{
    va_list arguments;

    if (repair->done->len > 0) {
        g_string_append_c(repair->done, ' ');
    }
    va_start(arguments, format);
    g_string_append_vprintf(repair->done, format, arguments);
    va_end(arguments);
}

const struct cvm_node *
cvm_repair_element(const struct cvm_node *node)
{
    return node && node->kind == CVM_NODE_ATTRIBUTE ? node->parent : node;
}

const struct cvm_node *
cvm_repair_at(const struct cvm_node *node, const char *path)
{
    g_auto(GStrv) steps = g_strsplit(path, "/", 0);

    for (char **step = steps; *step; step++) {
        node = cvm_node_child(node, *step);
    }
    return node;
}

/* ---- changes ---- */

void
cvm_repair_set_attribute(struct cvm_repair *repair, const struct cvm_node *element,
                         const char *name, const char *value)
{
    const char *old = cvm_node_attribute_text(element, name);

    if (g_strcmp0(old, value) == 0) {
        return;
    }
    cvm_edit_set_attribute(repair->edits, element, name, value);
    if (old) {
        cvm_repair_say(repair, _("'%1$s' of <%2$s> is '%3$s' instead of '%4$s'."), name,
                       element->name, value, old);
    } else {
        cvm_repair_say(repair, _("<%1$s> has %2$s='%3$s'."), element->name, name, value);
    }
}

void
cvm_repair_set_text(struct cvm_repair *repair, const struct cvm_node *element, const char *text)
{
    g_autofree char *old = g_strstrip(g_strdup(element->text ? element->text : ""));

    cvm_edit_set_text(repair->edits, element, text);
    cvm_repair_say(repair, _("<%1$s> is '%2$s' instead of '%3$s'."), element->name, text, old);
}

void
cvm_repair_rename(struct cvm_repair *repair, const struct cvm_node *node, const char *name)
{
    cvm_edit_rename(repair->edits, node, name);
    cvm_repair_say(repair, _("'%1$s' is renamed to '%2$s'."), node->name, name);
}

/* What may stand empty, or says something by being there. */
static gboolean
may_be_empty(const struct cvm_node *element)
{
    static const char *const names[] = { "domain", "devices", "os",        "features",
                                         "cpu",    "disk",    "interface", NULL };

    return !element->parent || element->attributes || g_strv_contains(names, element->name);
}

void
cvm_repair_remove(struct cvm_repair *repair, const struct cvm_node *node)
{
    if (!node) {
        return;
    }
    if (node->kind == CVM_NODE_ATTRIBUTE) {
        cvm_edit_remove_attribute(repair->edits, node);
        cvm_repair_say(repair, _("%1$s='%2$s' of <%3$s> is removed."), node->name, node->text,
                       node->parent->name);
        return;
    }
    cvm_repair_say(repair, _("<%s> is removed."), node->name);
    while (!may_be_empty(node->parent) && cvm_edit_is_alone(repair->edits->source, node)) {
        node = node->parent;
    }
    cvm_edit_remove(repair->edits, node);
}

/* ---- order ---- */

/* libvirt takes children in any order, and writes them in this one (virDomainDefFormatInternal and
 * those it calls, src/conf/domain_conf.c). What is inserted often is named, with its neighbours. */
static const struct order {
    const char *parent;
    const char *children[48];
} orders[] = {
    { "domain",
      { "name",
        "uuid",
        "genid",
        "title",
        "description",
        "metadata",
        "maxMemory",
        "memory",
        "currentMemory",
        "blkiotune",
        "memtune",
        "memoryBacking",
        "vcpu",
        "vcpus",
        "iothreads",
        "iothreadids",
        "defaultiothread",
        "cputune",
        "numatune",
        "resource",
        "sysinfo",
        "bootloader",
        "bootloader_args",
        "os",
        "idmap",
        "features",
        "cpu",
        "clock",
        "on_poweroff",
        "on_reboot",
        "on_crash",
        "on_lockfailure",
        "pm",
        "perf",
        "devices",
        "seclabel",
        "keywrap",
        "launchSecurity",
        NULL } },
    { "devices",
      { "emulator", "disk",       "controller", "lease",   "filesystem", "interface",   "smartcard",
        "serial",   "parallel",   "console",    "channel", "input",      "tpm",         "graphics",
        "sound",    "audio",      "video",      "hostdev", "redirdev",   "redirfilter", "hub",
        "watchdog", "memballoon", "rng",        "nvram",   "panic",      "shmem",       "memory",
        "iommu",    "vsock",      "crypto",     NULL } },
    { "os",
      { "type", "firmware", "loader", "nvram", "kernel", "initrd", "cmdline", "dtb", "boot",
        "bootmenu", "bios", "smbios", NULL } },
    { "launchSecurity",
      { "cbitpos", "reducedPhysBits", "policy", "guestVisibleWorkarounds", "idBlock", "idAuth",
        "hostData", "dhCert", "session", NULL } },
    { "memoryBacking",
      { "hugepages", "nosharepages", "locked", "source", "access", "allocation", "discard",
        NULL } },
    { "interface",
      { "mac",           "source", "vlan",    "portOptions", "ip",       "route",   "script",
        "backenddomain", "target", "guest",   "model",       "driver",   "backend", "filterref",
        "bandwidth",     "tune",   "link",    "mtu",         "coalesce", "boot",    "alias",
        "rom",           "acpi",   "address", NULL } },
    { "disk", { "driver", NULL } },
};

static int
find_rank(const struct order *order, const char *name)
{
    for (int i = 0; order->children[i]; i++) {
        if (g_str_equal(order->children[i], name)) {
            return i;
        }
    }
    return -1;
}

/* The last child that libvirt writes before one of this name, or of the same name; NULL when it
 * comes first. Without an order it comes last. */
static const struct cvm_node *
find_place(const struct cvm_repair *repair, const struct cvm_node *parent, const char *name)
{
    const struct cvm_node *after = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(orders); i++) {
        int rank = g_str_equal(orders[i].parent, parent->name) ? find_rank(&orders[i], name) : -1;

        if (rank < 0) {
            continue;
        }
        for (const struct cvm_node *child = parent->children; child; child = child->next) {
            int other = find_rank(&orders[i], child->name);

            if (other >= 0 && other <= rank && !cvm_edits_cover(repair->edits, child)) {
                after = child;
            }
        }
        return after;
    }
    return parent->last_child;
}

/* "<a>\n  <b/>\n</a>" -> "<a><b/></a>" */
static char *
on_one_line(const char *fragment)
{
    GString *line = g_string_new(NULL);

    for (; *fragment; fragment++) {
        if (*fragment == '\n') {
            fragment += strspn(fragment, "\n ") - 1;
        } else {
            g_string_append_c(line, *fragment);
        }
    }
    return g_string_free(line, FALSE);
}

void
cvm_repair_insert(struct cvm_repair *repair, const struct cvm_node *parent, const char *fragment)
{
    const struct cvm_node *attribute = repair->root->attributes;
    char quote = attribute ? repair->edits->source->data[attribute->end - 1] : '\'';
    g_autofree char *name = g_strndup(fragment + 1, strcspn(fragment + 1, " />\n"));
    g_autofree char *text = g_strdup(fragment);
    g_autofree char *line = on_one_line(fragment);

    cvm_edit_insert(repair->edits, parent, find_place(repair, parent, name),
                    g_strdelimit(text, "'", quote));
    cvm_repair_say(repair, _("%s is inserted."), line);
}

void
cvm_repair_insert_below(struct cvm_repair *repair, const struct cvm_node *parent, const char *child,
                        const char *fragment)
{
    const struct cvm_node *element = cvm_node_child(parent, child);
    g_autofree char *whole = NULL;

    if (element) {
        cvm_repair_insert(repair, element, fragment);
        return;
    }
    whole = g_strdup_printf("<%s>\n  %s\n</%s>", child, fragment, child);
    cvm_repair_insert(repair, parent, whole);
}

void
cvm_repair_set_child(struct cvm_repair *repair, const struct cvm_node *parent, const char *child,
                     const char *text)
{
    const struct cvm_node *element = cvm_node_child(parent, child);
    g_autofree char *fragment = NULL;

    if (element) {
        cvm_repair_set_text(repair, element, text);
    } else {
        fragment = g_markup_printf_escaped("<%s>%s</%s>", child, text, child);
        cvm_repair_insert(repair, parent, fragment);
    }
}
