/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CVM212: what stands in launchSecurity, and where that stands. */
#include "rules/launch.h"

#include <stddef.h>
#include <string.h>

#include "util/closest.h"
#include "util/i18n.h"

/* What libvirt knows in launchSecurity (domaincommon.rng), and for which kinds. */
static const struct launch_key {
    const char *name;
    gboolean attribute; /* in XML: of launchSecurity, not an element in it */
    unsigned guests;
    size_t offset; /* of its struct cvm_from in struct cvm_launch */
} launch_keys[] = {
#define KEY(member) offsetof(struct cvm_launch, member.from)
    { "type", TRUE, CVM_GUEST_ANY, KEY(type) },
    { "policy", FALSE, CVM_GUEST_AMD, KEY(policy) },
    { "kernelHashes", TRUE, CVM_GUEST_AMD, KEY(kernel_hashes) },
    { "authorKey", TRUE, CVM_GUEST_SEV_SNP, KEY(author_key) },
    { "vcek", TRUE, CVM_GUEST_SEV_SNP, KEY(vcek) },
    { "cbitpos", FALSE, CVM_GUEST_AMD, KEY(cbitpos) },
    { "reducedPhysBits", FALSE, CVM_GUEST_AMD, KEY(reduced_phys_bits) },
    { "dhCert", FALSE, CVM_GUEST_LEGACY, KEY(dh_cert) },
    { "session", FALSE, CVM_GUEST_LEGACY, KEY(session) },
    { "guestVisibleWorkarounds", FALSE, CVM_GUEST_SEV_SNP, KEY(guest_visible_workarounds) },
    { "idBlock", FALSE, CVM_GUEST_SEV_SNP, KEY(id_block) },
    { "idAuth", FALSE, CVM_GUEST_SEV_SNP, KEY(id_auth) },
    { "hostData", FALSE, CVM_GUEST_SEV_SNP, KEY(host_data) },
#undef KEY
};

/* Every value starts with its origin. */
static const struct cvm_from *
key_from(const struct cvm_check *check, const struct launch_key *key)
{
    return (const struct cvm_from *)((const char *)&check->domain->launch + key->offset);
}

/* An empty element says nothing, and stands there nevertheless. */
static gboolean
is_there(const struct cvm_from *from, const struct launch_key *key)
{
    return from->origin == CVM_GIVEN || from->origin == CVM_INVALID ||
           (from->origin == CVM_UNSET && from->node && from->node->name &&
            g_str_equal(from->node->name, key->name));
}

static void
report_foreign_key(struct cvm_check *check, const struct launch_key *key,
                   const struct cvm_from *from)
{
    gboolean snp = key->guests == CVM_GUEST_SEV_SNP;
    struct cvm_finding *finding;

    finding =
        cvm_report(check, from,
                   snp ? _("'%1$s' belongs to SEV-SNP: in a %2$s guest libvirt drops it without a "
                           "word.")
                       : _("'%1$s' belongs to SEV and SEV-ES: in a %2$s guest libvirt drops it "
                           "without a word."),
                   key->name, cvm_guest_info(check->guest)->title);
    cvm_fix(finding, _("Remove '%1$s', or choose the type it belongs to."), key->name);
}

static const struct launch_key *
find_key(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(launch_keys); i++) {
        if (g_str_equal(launch_keys[i].name, name)) {
            return &launch_keys[i];
        }
    }
    return NULL;
}

/* The element or attribute that a name below launchSecurity may have been meant to be. */
static const char *
guess_key(const char *name)
{
    const char *names[G_N_ELEMENTS(launch_keys) + 1] = { NULL };

    for (size_t i = 0; i < G_N_ELEMENTS(launch_keys); i++) {
        names[i] = launch_keys[i].name;
    }
    return cvm_closest(name, names);
}

/* "<policy>0x3</policy>" or "kernelHashes='yes'", whichever libvirt reads. */
static void
fix_key(struct cvm_finding *finding, const struct launch_key *key, const struct cvm_node *node)
{
    g_autofree char *value = g_strstrip(g_strndup(node->text ? node->text : "…", 80));

    if (key->attribute) {
        cvm_fix(finding, _("Write '<launchSecurity … %1$s='%2$s'>'."), key->name, value);
    } else {
        cvm_fix(finding, _("Write '<%1$s>%2$s</%1$s>' in launchSecurity."), key->name, value);
    }
}

/* An element or attribute below launchSecurity that libvirt's parser never looks at. */
static void
check_xml_name(struct cvm_check *check, const struct cvm_node *node)
{
    gboolean attribute = node->kind == CVM_NODE_ATTRIBUTE;
    const struct launch_key *key = find_key(node->name);
    const struct cvm_from place = { .node = node };
    struct cvm_finding *finding;
    const char *guess;

    if (key ? key->attribute == attribute
            : strchr(node->name, ':') || g_str_equal(node->name, "xmlns")) {
        return; /* what is in another namespace libvirt leaves alone, and so does its schema */
    }
    if (key) {
        finding = cvm_report(check, &place,
                             attribute ? _("'%s' is an element of launchSecurity: as an attribute "
                                           "libvirt drops it without a word.")
                                       : _("'%s' is an attribute of launchSecurity: as an element "
                                           "libvirt drops it without a word."),
                             node->name);
        fix_key(finding, key, node);
        return;
    }
    finding = cvm_report(check, &place,
                         _("libvirt knows no '%s' in launchSecurity and drops it without a word."),
                         node->name);
    guess = guess_key(node->name);
    if (guess) {
        fix_key(finding, find_key(guess), node);
    } else {
        cvm_fix(finding, _("Remove it."));
    }
}

/* ---- domain XML: launchSecurity itself ---- */

gboolean
cvm_is_launch_security(const char *name)
{
    static const char *const names[] = { "launchSecurity", NULL };
    enum { SHORTEST = 11 }; /* shorter names, which most are, are too far from it */

    return strnlen(name, SHORTEST) == SHORTEST && !strchr(name, ':') && cvm_closest(name, names);
}

static void
report_misplaced(struct cvm_check *check, const struct cvm_node *node)
{
    const struct cvm_from place = { .node = node };
    const char *format = _("'%1$s' stands in '%2$s', where libvirt does not look for it.");

    if (g_str_equal(node->parent->name, "features")) {
        format =
            _("'%1$s' stands in '%2$s': libvirt refuses the domain with 'unexpected feature'.");
    } else if (cvm_is_unset(check->domain->launch)) {
        format = _("'%1$s' stands in '%2$s', where libvirt does not look for it: the guest starts "
                   "without protection.");
    }
    cvm_fix(cvm_report(check, &place, format, node->name, node->parent->name),
            _("Put '<launchSecurity>' straight into '<domain>'."));
}

/* libvirt's XPath asks for elements in no namespace. */
static void
report_namespace(struct cvm_check *check, const struct cvm_node *node, const char *uri)
{
    const struct cvm_from place = { .node = node };

    cvm_fix(
        cvm_report(check, &place,
                   _("'%1$s' is in the namespace '%2$s', where libvirt does not look for it: it "
                     "drops the element without a word."),
                   node->name, uri),
        _("Remove 'xmlns'."));
}

static void
report_misspelt(struct cvm_check *check, const struct cvm_node *node)
{
    gboolean none = cvm_is_unset(check->domain->launch);
    const struct cvm_from place = { .node = node };

    cvm_fix(cvm_report(check, &place,
                       none ? _("libvirt knows no element '%s' and drops it without a word: the "
                                "guest starts without protection.")
                            : _("libvirt knows no element '%s' and drops it without a word."),
                       node->name),
            _("Write 'launchSecurity'."));
}

/* Every launchSecurity of the document, but for what applications keep in metadata. */
static void
check_place(struct cvm_check *check, const struct cvm_node *parent, unsigned *seen)
{
    const struct cvm_node *root = check->domain->from.node;

    for (const struct cvm_node *node = parent->children; node; node = node->next) {
        const struct cvm_from place = { .node = node };

        if (cvm_is_launch_security(node->name)) {
            const struct cvm_node *xmlns = cvm_node_attribute(node, "xmlns");

            if (parent != root) {
                report_misplaced(check, node);
            } else if (xmlns && *xmlns->text) {
                report_namespace(check, node, xmlns->text);
            } else if (!g_str_equal(node->name, "launchSecurity")) {
                report_misspelt(check, node);
            } else if (++*seen == 2) {
                cvm_fix(cvm_report(check, &place,
                                   _("There is a second 'launchSecurity': libvirt reads the first "
                                     "one only.")),
                        _("Remove one of the two."));
            }
        } else if (node->children && (parent != root || !g_str_equal(node->name, "metadata"))) {
            check_place(check, node, seen);
        }
    }
}

void
cvm_check_launch_names(struct cvm_check *check)
{
    const struct cvm_node *root = check->domain->from.node;
    const struct cvm_node *node = check->domain->launch.from.node;
    unsigned seen = 0;

    if (check->guest & CVM_GUEST_AMD) {
        for (size_t i = 0; i < G_N_ELEMENTS(launch_keys); i++) {
            const struct cvm_from *from = key_from(check, &launch_keys[i]);

            if (is_there(from, &launch_keys[i]) && !(launch_keys[i].guests & check->guest)) {
                report_foreign_key(check, &launch_keys[i], from);
            }
        }
    }
    if (check->domain->form != CVM_FORM_XML) {
        return;
    }
    if (root) {
        check_place(check, root, &seen);
    }
    if (!(check->guest & CVM_GUEST_AMD) || !node) {
        return;
    }
    for (const struct cvm_node *child = node->children; child; child = child->next) {
        check_xml_name(check, child);
    }
    for (const struct cvm_node *child = node->attributes; child; child = child->next) {
        check_xml_name(check, child);
    }
}
