/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where in an XML file the domains are: it is one itself, or one of the documents in which libvirt
 * wraps them (src/conf/snapshot_conf.c, checkpoint_conf.c and virdomainobjlist.c: the functions
 * that format them). */
#include "read/domain_xml.h"
#include "read/read.h"
#include "util/error.h"
#include "util/i18n.h"
#include "util/quote.h"

static const struct wrapper {
    const char *root, *child;
} wrappers[] = {
    { "domainsnapshot", "domain" },
    { "domainsnapshot", "inactiveDomain" }, /* what is to be there after the next boot */
    { "domaincheckpoint", "domain" },
    { "domstatus", "domain" }, /* a running one's, /run/libvirt/qemu/NAME.xml */
};

/* The roots of other XML that lies beside domains. */
static const struct other {
    const char *root, *what;
} others[] = {
    { "domainCapabilities", N_("what 'virsh domcapabilities' prints: give it to --host") },
    { "capabilities", N_("what 'virsh capabilities' prints: give it to --host") },
    { "cvmdomHost", N_("a host record: give it to --host") },
    { "cpu", N_("a CPU, not a domain") },
    { "device", N_("a device of a host, not a domain") },
    { "domainbackup", N_("a backup job, which holds no domain") },
    { "html", N_("a web page, not a domain") },
    { "network", N_("a libvirt network, not a domain") },
    { "networkport", N_("a port of a libvirt network, not a domain") },
    { "nwfilter", N_("a libvirt network filter, not a domain") },
    { "nwfilterbinding", N_("the binding of a libvirt network filter, not a domain") },
    { "pool", N_("a libvirt storage pool, not a domain") },
    { "volume", N_("a libvirt storage volume, not a domain") },
    { "secret", N_("a libvirt secret, not a domain") },
    { "disk", N_("a device alone; put it below <devices> of its <domain>") },
    { "interface", N_("a device or an interface of a host alone; of a domain, put it below "
                      "<devices> of its <domain>") },
    { "hostdev", N_("a device alone; put it below <devices> of its <domain>") },
    { "controller", N_("a device alone; put it below <devices> of its <domain>") },
    { "launchSecurity", N_("a part of a domain; put it into its <domain>") },
    { "domains", N_("several domains, which libvirt knows nothing of; put each <domain> into a "
                    "file of its own") },
};

gboolean
cvm_domain_xml_is_root(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(wrappers); i++) {
        if (g_str_equal(name, wrappers[i].root)) {
            return TRUE;
        }
    }
    return g_str_equal(name, "domain");
}

static int
refuse_root(const struct cvm_node *root, struct cvm_arena *arena, GError **error)
{
    const char *name = cvm_quote(arena, root->name);

    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        if (g_ascii_strcasecmp(root->name, others[i].root) == 0) {
            return cvm_error_set_at(error, CVM_ERROR_UNSUPPORTED, root->source->name,
                                    root->name_line, root->name_column,
                                    _("the document is a <%1$s>: %2$s"), name, _(others[i].what));
        }
    }
    return cvm_error_set_at(
        error, CVM_ERROR_UNSUPPORTED, root->source->name, root->name_line, root->name_column,
        _("the document is a <%s>; a domain's first element is <domain>"), name);
}

/* The domains below the root, first to last. */
static int
find_domains(const struct cvm_node *root, struct cvm_arena *arena, GPtrArray *elements,
             GError **error)
{
    if (g_str_equal(root->name, "domain")) {
        g_ptr_array_add(elements, (gpointer)root);
        return 0;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(wrappers); i++) {
        const struct cvm_node *domain = g_str_equal(root->name, wrappers[i].root)
                                            ? cvm_node_child(root, wrappers[i].child)
                                            : NULL;

        if (domain) {
            g_ptr_array_add(elements, (gpointer)domain);
        }
    }
    if (elements->len > 0) {
        return 0;
    }
    if (!cvm_domain_xml_is_root(root->name)) {
        return refuse_root(root, arena, error);
    }
    return cvm_error_set_at(
        error, CVM_ERROR_UNSUPPORTED, root->source->name, root->name_line, root->name_column,
        _("this <%s> has no <domain> inside, so there is nothing to check"), root->name);
}

static void
add_suppressions(const GPtrArray *domains, const struct cvm_source *source,
                 const GPtrArray *elements)
{
    struct cvm_domain *first = g_ptr_array_index(domains, 0);
    struct cvm_suppressions *all =
        cvm_suppressions_read(first->arena, source, CVM_FORM_XML,
                              (struct cvm_node *const *)elements->pdata, elements->len);

    for (guint i = 0; i < domains->len; i++) {
        struct cvm_domain *domain = g_ptr_array_index(domains, i);

        domain->document = i;
        cvm_domain_add_suppressions(domain, all, FALSE);
    }
}

GPtrArray *
cvm_domain_xml_parse_all(const char *name, const char *data, size_t size, GError **error)
{
    g_autoptr(GPtrArray) domains = g_ptr_array_new_with_free_func((GDestroyNotify)cvm_domain_free);
    g_autoptr(GPtrArray) elements = g_ptr_array_new();
    struct cvm_domain *first = cvm_domain_new(CVM_FORM_XML);
    const struct cvm_source *source;
    const struct cvm_node *root;

    g_ptr_array_add(domains, first);
    source = cvm_xml_decode(first->arena, name, data, size, error);
    root = source ? cvm_xml_parse(first->arena, source, error) : NULL;
    if (!root || find_domains(root, first->arena, elements, error) < 0) {
        return NULL;
    }
    cvm_domain_xml_take(first, g_ptr_array_index(elements, 0));
    for (guint i = 1; i < elements->len; i++) {
        struct cvm_domain *domain = cvm_domain_new(CVM_FORM_XML);

        cvm_arena_keep(domain->arena, first->arena); /* the tree is there */
        g_ptr_array_add(domains, domain);
        cvm_domain_xml_take(domain, g_ptr_array_index(elements, i));
    }
    add_suppressions(domains, source, elements);
    return g_steal_pointer(&domains);
}
