/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvirt tells: its capabilities, kept as the tree that was read, and its guests. */
#include "capture/capture.h"
#include "read/read.h"
#include "util/error.h"
#include "util/i18n.h"

/* ---- taking ---- */

/* Levels of elements at and below a node. */
static unsigned
depth_of(const struct cvm_node *node)
{
    unsigned most = 0;

    for (const struct cvm_node *child = node->children; child; child = child->next) {
        most = MAX(most, depth_of(child));
    }
    return most + 1;
}

static int
check_root(const struct cvm_node *root, GError **error)
{
    if (!g_str_equal(root->name, "domainCapabilities") &&
        !g_str_equal(root->name, "capabilities")) {
        return cvm_error_set_at(error, CVM_ERROR_UNSUPPORTED, root->source->name, root->line,
                                root->column,
                                _("'%s' is not what libvirt prints of a host: it prints "
                                  "'domainCapabilities' and 'capabilities'"),
                                root->name);
    }
    /* One level is the record's own. */
    if (depth_of(root) > CVM_XML_DEPTH - 1) {
        return cvm_error_set_at(error, CVM_ERROR_UNSUPPORTED, root->source->name, root->line,
                                root->column,
                                _("'%1$s' nests its elements deeper than %2$d levels, which "
                                  "libvirt does not"),
                                root->name, CVM_XML_DEPTH - 1);
    }
    return 0;
}

/* The record's host knows it, too: where firmware is, say. What of it is still in use elsewhere
 * outlives its own place. */
static void
keep(struct cvm_record *record, struct cvm_host *told)
{
    struct cvm_host **place = told->has_domcaps ? &record->domcaps : &record->caps;
    struct cvm_host *host = record->host;

    cvm_arena_keep(host->arena, told->arena);
    if (told->has_domcaps) {
        host->has_domcaps = TRUE;
        host->domcaps = told->domcaps;
    } else {
        host->has_topology = told->has_topology;
        host->topology = told->topology;
    }
    cvm_host_free(*place);
    *place = told;
}

int
cvm_record_add_capabilities(struct cvm_record *record, const char *xml, size_t size, GError **error)
{
    CVM_AUTO(host) *told = cvm_host_parse("libvirt", xml, size, error);

    if (!told || check_root(told->root, error) < 0) {
        return -1;
    }
    keep(record, g_steal_pointer(&told));
    return 0;
}

void
cvm_record_count_guest(struct cvm_record *record, const struct cvm_domain *domain)
{
    struct cvm_running *running = &record->host->running;

    running->known = TRUE;
    switch (domain ? cvm_domain_guest(domain) : CVM_GUEST_NONE) {
    case CVM_GUEST_SEV:
        running->sev++;
        break;
    case CVM_GUEST_SEV_ES:
        running->sev_es++;
        break;
    case CVM_GUEST_SEV_SNP:
        running->sev_snp++;
        break;
    default: /* not AMD's: no ASID */
        break;
    }
}

/* ---- writing ---- */

/* What tells one machine from another of its kind, wherever it stands. uuid: of SMBIOS, or made for
 * this libvirt; cpu0Id: the processor's serial number; counter: the TSC's frequency as measured at
 * this start. The others libvirt does not print here today. */
static const char *const naming[] = { "counter", "cpu0Id", "hostname", "serial",
                                      "sysinfo", "uuid",   NULL };

void
cvm_record_write_libvirt(struct cvm_xml *xml, const struct cvm_node *node, gboolean full)
{
    cvm_xml_start(xml, node->name);
    for (const struct cvm_node *item = node->attributes; item; item = item->next) {
        if (full || !g_strv_contains(naming, item->name)) {
            cvm_xml_attribute(xml, item->name, item->text);
        }
    }
    /* libvirt mixes no text with elements. */
    if (node->text && !node->children) {
        cvm_xml_text(xml, node->text);
    }
    for (const struct cvm_node *child = node->children; child; child = child->next) {
        if (full || !g_strv_contains(naming, child->name)) {
            cvm_record_write_libvirt(xml, child, full);
        }
    }
    cvm_xml_end(xml);
}
