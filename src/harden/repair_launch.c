/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* launchSecurity: a policy gets stricter or stays as it is, and what belongs to a blob that
 * somebody signed is left. */
#include <string.h>

#include "harden/repair.h"
#include "model/policy.h"
#include "util/i18n.h"
#include "util/number.h"

static const struct cvm_node *
launch_of(const struct cvm_repair *repair)
{
    return cvm_node_child(repair->root, "launchSecurity");
}

/* The launch session carries the policy under a key of the owner, and so does the ID block (AMD
 * publications 55766, "Session Data", and 56860, "ID Block"). */
static gboolean
is_signed(struct cvm_repair *repair)
{
    const struct cvm_launch *launch = &repair->domain->launch;
    gboolean is = !cvm_is_unset(launch->session) || !cvm_is_unset(launch->id_block);

    if (is) {
        cvm_repair_decline(repair, _("The policy is signed with the session or the ID block: both "
                                     "are made anew together."));
    }
    return is;
}

/* Read as decimal it is another kind of guest (CVM203): nothing is built on it. */
static gboolean
is_ambiguous(struct cvm_repair *repair)
{
    const struct cvm_uint *policy = &repair->domain->launch.policy;
    const char *text = cvm_is_set(*policy) ? policy->from.node->text : NULL;
    uint64_t decimal;
    gboolean is = text && repair->guest & CVM_GUEST_LEGACY &&
                  cvm_number_parse_decimal(text, &decimal) &&
                  (decimal ^ policy->value) & CVM_SEV_POLICY_ES;

    if (is) {
        cvm_repair_decline(repair, _("Read as decimal it is another kind of guest: which of the "
                                     "two was meant is for you to decide."));
    }
    return is;
}

static void
set_policy(struct cvm_repair *repair, enum cvm_guest guest, uint64_t policy)
{
    g_autofree char *text = cvm_policy_format(guest, policy);

    if (!is_signed(repair) && !is_ambiguous(repair)) {
        cvm_repair_set_child(repair, launch_of(repair), "policy", text);
    }
}

/* A child or attribute that might be the policy under another name. */
static gboolean
has_unknown_child(const struct cvm_node *launch)
{
    static const char *const names[] = {
        "cbitpos", "reducedPhysBits", "dhCert",   "session", "guestVisibleWorkarounds",
        "idBlock", "idAuth",          "hostData", NULL
    };

    for (const struct cvm_node *child = launch->children; child; child = child->next) {
        if (!g_strv_contains(names, child->name)) {
            return TRUE;
        }
    }
    return FALSE;
}

void
cvm_repair_policy_missing(struct cvm_repair *repair)
{
    if (has_unknown_child(launch_of(repair))) {
        cvm_repair_decline(repair, _("An element of another name may have been meant to be the "
                                     "policy."));
        return;
    }
    set_policy(repair, repair->guest, cvm_policy_default(repair->guest));
}

/* The same number in the form that the schema takes: no white space, lower case. */
void
cvm_repair_policy_form(struct cvm_repair *repair)
{
    const struct cvm_node *node = cvm_node_child(launch_of(repair), "policy");
    g_autofree char *written = g_strstrip(g_strdup(node && node->text ? node->text : ""));
    g_autofree char *text = NULL;
    uint64_t policy;

    if (!cvm_number_parse_hex(written, &policy) ||
        (repair->guest & CVM_GUEST_LEGACY && policy >> 32 != 0)) {
        return;
    }
    text = cvm_policy_format(repair->guest, policy);
    cvm_repair_set_text(repair, node, text);
}

void
cvm_repair_policy_radix(struct cvm_repair *repair)
{
    const struct cvm_uint *policy = &repair->domain->launch.policy;
    g_autofree char *text = cvm_policy_format(repair->guest, policy->value);

    if (is_ambiguous(repair)) {
        return;
    }
    cvm_repair_set_text(repair, policy->from.node, text);
}

void
cvm_repair_policy_reserved(struct cvm_repair *repair)
{
    uint64_t policy = repair->domain->launch.policy.value & ~cvm_policy_reserved(repair->guest);

    if (repair->guest == CVM_GUEST_SEV_SNP) {
        policy |= CVM_SNP_POLICY_RESERVED_ONE;
    }
    set_policy(repair, repair->guest, policy);
}

void
cvm_repair_policy_kvm(struct cvm_repair *repair)
{
    /* without these bits the policy allows less */
    uint64_t loose = CVM_SNP_POLICY_MIGRATE_MA | CVM_SNP_POLICY_CXL_ALLOW;
    uint64_t policy = repair->domain->launch.policy.value;

    if (!(policy & loose)) {
        cvm_repair_decline(
            repair, _("The host's kernel wants a weaker policy: that is for you to decide."));
        return;
    }
    set_policy(repair, repair->guest, policy & ~loose);
}

void
cvm_repair_policy_type(struct cvm_repair *repair)
{
    if (repair->guest != CVM_GUEST_SEV_SNP && !repair->type) {
        cvm_repair_decline(repair, _("Either the type or the policy is wrong: name the type that "
                                     "the guest is to have (--type)."));
        return;
    }
    set_policy(repair, repair->guest, cvm_policy_default(repair->guest));
}

void
cvm_repair_policy_debug(struct cvm_repair *repair)
{
    uint64_t policy = repair->domain->launch.policy.value;

    set_policy(repair, repair->guest,
               repair->guest == CVM_GUEST_SEV_SNP ? policy & ~CVM_SNP_POLICY_DEBUG
                                                  : policy | CVM_SEV_POLICY_NODBG);
}

void
cvm_repair_policy_sharing(struct cvm_repair *repair)
{
    set_policy(repair, repair->guest, repair->domain->launch.policy.value | CVM_SEV_POLICY_NOKS);
}

/* "snp", "AMD_SEV_SNP": other tools' names of one type; NULL when it is none of them. */
static const struct cvm_guest_info *
read_type(const char *text)
{
    g_autofree char *word = g_strdelimit(g_ascii_strdown(text, -1), "_ ", '-');
    const char *name = g_str_has_prefix(word, "amd-") ? word + strlen("amd-") : word;
    g_autofree char *full =
        g_strconcat(g_str_equal(name, "snp") || g_str_equal(name, "es") ? "sev-" : "", name, NULL);
    const struct cvm_guest_info *info = cvm_guest_by_name(full);

    return info && info->guest & CVM_GUEST_AMD ? info : NULL;
}

/* libvirt has two names for the three of them, and SEV-ES is in the policy. */
void
cvm_repair_launch_type(struct cvm_repair *repair)
{
    const struct cvm_launch *launch = &repair->domain->launch;
    const struct cvm_guest_info *info =
        cvm_is_set(launch->type) ? read_type(launch->type.value) : NULL;
    const struct cvm_node *element = launch_of(repair);
    uint64_t policy = launch->policy.value;

    if (!element || !info) {
        cvm_repair_decline(repair, _("Name the type that the guest is to have: --type."));
        return;
    }
    cvm_repair_set_attribute(repair, element, "type", info->libvirt_type);
    if (info->guest == CVM_GUEST_SEV_ES &&
        !(cvm_is_set(launch->policy) && policy & CVM_SEV_POLICY_ES)) {
        set_policy(repair, CVM_GUEST_SEV_ES,
                   cvm_is_set(launch->policy) ? policy | CVM_SEV_POLICY_ES
                                              : cvm_policy_default(CVM_GUEST_SEV_ES));
    }
}

/* The name that libvirt has for what differs from it in nothing but case; NULL when there is none.
 */
static const char *
find_spelling(const struct cvm_node *node)
{
    static const char *const elements[] = {
        "policy",  "cbitpos", "reducedPhysBits", "dhCert", "session", "guestVisibleWorkarounds",
        "idBlock", "idAuth",  "hostData",        NULL,
    };
    static const char *const attributes[] = { "type", "kernelHashes", "authorKey", "vcek", NULL };
    gboolean element = node->kind == CVM_NODE_ELEMENT;

    for (const char *const *name = element ? elements : attributes; *name; name++) {
        if (g_ascii_strcasecmp(*name, node->name) == 0 && !g_str_equal(*name, node->name) &&
            !(element ? cvm_node_child(node->parent, *name)
                      : cvm_node_attribute(node->parent, *name))) {
            return *name;
        }
    }
    return NULL;
}

static void
repair_twin(struct cvm_repair *repair, const struct cvm_node *node)
{
    const struct cvm_node *first = launch_of(repair);
    const char *data = repair->edits->source->data;

    if (!first) {
        cvm_repair_rename(repair, node, "launchSecurity");
    } else if (first != node && first->end - first->start == node->end - node->start &&
               memcmp(data + first->start, data + node->start, node->end - node->start) == 0) {
        cvm_repair_remove(repair, node);
    } else {
        cvm_repair_decline(repair,
                           _("Which of the two 'launchSecurity' was meant is for you to decide."));
    }
}

/* Two forms of one value: the names that a type has beside those of the other type. */
static gboolean
is_foreign(const struct cvm_repair *repair, const struct cvm_node *node)
{
    static const char *const legacy[] = { "dhCert", "session", NULL };
    static const char *const snp[] = {
        "guestVisibleWorkarounds", "idBlock", "idAuth", "hostData", "authorKey", "vcek", NULL
    };

    return g_strv_contains(repair->guest == CVM_GUEST_SEV_SNP ? legacy : snp, node->name);
}

/* <kernelHashes>yes</kernelHashes>, which is an attribute's name and value. */
static gboolean
is_attribute(const struct cvm_node *node)
{
    static const char *const names[] = { "kernelHashes", "authorKey", "vcek", NULL };
    g_autofree char *text = g_strstrip(g_strdup(node->text ? node->text : ""));

    return node->kind == CVM_NODE_ELEMENT && g_strv_contains(names, node->name) &&
           !cvm_node_attribute(node->parent, node->name) &&
           (g_str_equal(text, "yes") || g_str_equal(text, "no"));
}

void
cvm_repair_launch_element(struct cvm_repair *repair)
{
    const struct cvm_node *node = repair->node;
    const char *spelling;

    if (node->parent == repair->root) {
        repair_twin(repair, node);
        return;
    }
    spelling = find_spelling(node);
    if (spelling) {
        cvm_repair_rename(repair, node, spelling);
    } else if (is_attribute(node)) {
        g_autofree char *text = g_strstrip(g_strdup(node->text));

        cvm_repair_set_attribute(repair, node->parent, node->name, text);
        cvm_repair_remove(repair, node);
    } else if (is_foreign(repair, node) || g_str_equal(node->name, "handle")) {
        cvm_repair_remove(repair, node); /* libvirt does as if it were not there */
    } else {
        cvm_repair_decline(repair,
                           _("libvirt knows no '%s', and what it was meant to be is not "
                             "known."),
                           node->name);
    }
}

/* The same bytes without blanks; any other blob is its maker's business. */
void
cvm_repair_blob(struct cvm_repair *repair)
{
    const struct cvm_node *node = repair->node;
    GString *packed = g_string_new(NULL);

    for (const char *at = node->text ? node->text : ""; *at; at++) {
        if (!g_ascii_isspace(*at)) {
            g_string_append_c(packed, *at);
        }
    }
    if (node->text && strpbrk(node->text, " \t") && packed->len > 0 &&
        packed->str[strspn(packed->str, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                        "0123456789+/=")] == '\0') {
        cvm_edit_set_text(repair->edits, node, packed->str);
        cvm_repair_say(repair, _("The base64 of <%s> is without white space."), node->name);
    }
    g_string_free(packed, TRUE);
}

/* What libvirt asks the host for, when the number is none that it reads. */
void
cvm_repair_value(struct cvm_repair *repair)
{
    const struct cvm_node *node = repair->node;

    if (node->kind == CVM_NODE_ELEMENT && node->parent == launch_of(repair) &&
        (g_str_equal(node->name, "cbitpos") || g_str_equal(node->name, "reducedPhysBits"))) {
        cvm_repair_remove(repair, node);
    }
}

void
cvm_repair_author_key(struct cvm_repair *repair)
{
    /* the key is there, and the attestation report is to name it */
    if (repair->finding->severity == CVM_WARNING) {
        cvm_repair_set_attribute(repair, launch_of(repair), "authorKey", "yes");
    }
}

void
cvm_repair_cbitpos(struct cvm_repair *repair)
{
    g_autofree char *text = g_strdup_printf("%u", repair->host->domcaps.cbitpos);

    cvm_repair_set_text(repair, repair->domain->launch.cbitpos.from.node, text);
}

void
cvm_repair_reduced_phys_bits(struct cvm_repair *repair)
{
    const struct cvm_host *host = repair->host;
    const struct cvm_node *node = repair->domain->launch.reduced_phys_bits.from.node;

    if (host && host->has_domcaps && host->domcaps.sev == CVM_YES &&
        host->domcaps.reduced_phys_bits > 0) {
        g_autofree char *text = g_strdup_printf("%u", host->domcaps.reduced_phys_bits);

        cvm_repair_set_text(repair, node, text);
    } else {
        cvm_repair_remove(repair, node); /* libvirt asks the host */
    }
}

void
cvm_repair_virt_type(struct cvm_repair *repair)
{
    cvm_repair_set_attribute(repair, repair->root, "type", "kvm");
}
