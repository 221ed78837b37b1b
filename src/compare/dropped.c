/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvirt leaves out of a domain that it was given, since it says nothing: the other half of
 * filled.c, and as short as it can be. Profiles render to none of it. */
#include <string.h>

#include "compare/tree.h"
#include "read/domain_xml.h"

/* Beyond this a limit is none (VIR_DOMAIN_MEMORY_PARAM_UNLIMITED, src/util/virutil.h). */
static const uint64_t unlimited = UINT64_C(9007199254740991) * 1024;

typedef gboolean (*check_fn)(const struct cvm_filling *filling, const struct cvm_spot *wanted);

static gboolean
is_unlimited(G_GNUC_UNUSED const struct cvm_filling *filling, const struct cvm_spot *wanted)
{
    uint64_t bytes;

    return cvm_domain_xml_size(wanted->node, &bytes) && bytes >= unlimited;
}

/* <memtune> with nothing else in it. */
static gboolean
has_only_unlimited(const struct cvm_filling *filling, const struct cvm_spot *wanted)
{
    for (const struct cvm_node *child = wanted->node->children; child; child = child->next) {
        const struct cvm_spot spot = { child, TRUE };

        if (!is_unlimited(filling, &spot)) {
            return FALSE;
        }
    }
    return wanted->node->children != NULL;
}

/* As many as there are at most. */
static gboolean
is_all_vcpus(const struct cvm_filling *filling, const struct cvm_spot *wanted)
{
    const struct cvm_spot all = { wanted->node->parent, TRUE };

    return g_strcmp0(wanted->node->text, cvm_spot_text(filling->comparison->arena, &all)) == 0;
}

static gboolean
is_empty(G_GNUC_UNUSED const struct cvm_filling *filling, const struct cvm_spot *wanted)
{
    return !wanted->node->text && !wanted->node->children;
}

static gboolean
is_bare(const struct cvm_filling *filling, const struct cvm_spot *wanted)
{
    return !wanted->node->attributes && is_empty(filling, wanted);
}

/* A channel's socket whose path libvirt is to choose (qemuDomainChrDefDropDefaultPath). */
static gboolean
is_chosen_path(G_GNUC_UNUSED const struct cvm_filling *filling, const struct cvm_spot *wanted)
{
    const char *path = cvm_node_attribute_text(wanted->node, "path");

    return !path ||
           cvm_words_match("/var/lib/libvirt/qemu/channel/*|/run/libvirt/qemu/channel/*", path);
}

/* Names of libvirt's own making (virDomainDeviceInfoParseXML). */
static gboolean
is_made_up(G_GNUC_UNUSED const struct cvm_filling *filling, const struct cvm_spot *wanted)
{
    const char *name = cvm_node_attribute_text(wanted->node, "name");

    return !name || !g_str_has_prefix(name, "ua-");
}

static const struct {
    const char *path;
    check_fn check;
} rows[] = {
    { "*", is_bare },
    { "vcpu/@current", is_all_vcpus },
    { "memtune", has_only_unlimited },
    { "memtune/*", is_unlimited },
    { "cpu[mode=host-model|host-passthrough|maximum]/@match", NULL },
    { "sysinfo/*/entry", is_empty },
    { "devices/*/alias", is_made_up },
    { "devices/disk/driver[cache=default]/@cache", NULL },
    { "devices/disk/backingStore/@index", NULL },
    { "devices/channel[type=unix]/source[mode=bind]", is_chosen_path },
};

/* What libvirt adds to a running domain goes when that is defined: a domain that is given as it ran
 * need not be defined so. */
static gboolean
is_of_running(const struct cvm_filling *filling, const struct cvm_spot *wanted)
{
    const struct cvm_node *root = filling->comparison->root;
    const struct cvm_filling running = { filling->comparison, root, TRUE };

    return !filling->live && cvm_node_attribute(root, "id") &&
           cvm_fill_extra(&running, wanted, TRUE) != CVM_FILL_NO;
}

gboolean
cvm_fill_dropped(const struct cvm_filling *filling, const struct cvm_spot *wanted)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (cvm_spot_is(wanted, rows[i].path) &&
            (!rows[i].check || rows[i].check(filling, wanted))) {
            return TRUE;
        }
    }
    return is_of_running(filling, wanted);
}
