/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An ID block that was made for a domain after all else of it was chosen, since it holds the digest
 * of that. */
#include "resolve/resolve.h"

#include "util/error.h"
#include "util/i18n.h"

enum { BLOCK_SIZE = 96, AUTH_SIZE = 4096 };

#define REASON N_("it was signed for this guest, with the key that was given")

static void
set_blob(struct cvm_domain *domain, struct cvm_blob *to, const char *key, const guchar *bytes,
         gsize size)
{
    g_autofree char *base64 = g_base64_encode(bytes, size);
    g_autofree char *value = g_strdup_printf(_("%zu bytes"), size);

    *to = (struct cvm_blob){
        .from = { CVM_DEFAULTED, domain->launch.from.node, _(REASON) },
        .base64 = cvm_arena_strdup(domain->arena, base64),
    };
    cvm_domain_add_default(domain, "launchSecurity", key, value, _(REASON));
}

/* Whether there is none yet, and 'authorKey' says nothing else. */
static int
check_room(const struct cvm_domain *domain, gboolean has_author, GError **error)
{
    const struct cvm_launch *launch = &domain->launch;

    if (cvm_domain_guest(domain) != CVM_GUEST_SEV_SNP) {
        return cvm_error_set(error, CVM_ERROR_USAGE,
                             _("only SEV-SNP guests have an ID block, and '%1$s' is none"),
                             cvm_is_set(domain->name) ? domain->name.value : "");
    }
    if (cvm_domain_is_for_kubevirt(domain)) {
        return cvm_error_set(error, CVM_ERROR_USAGE,
                             _("KubeVirt gives QEMU no ID block, so '%1$s' cannot have one there"),
                             cvm_is_set(domain->name) ? domain->name.value : "");
    }
    if (domain->form == CVM_FORM_XML) {
        return cvm_error_set(error, CVM_ERROR_USAGE,
                             _("domain XML is given no ID block: only profiles are"));
    }
    if (!cvm_is_unset(launch->id_block) || !cvm_is_unset(launch->id_auth)) {
        return cvm_error_set(error, CVM_ERROR_USAGE,
                             _("the profile of '%1$s' has an ID block of its own: take 'idBlock' "
                               "and 'idAuth' out of it, or give no key to sign another by"),
                             cvm_is_set(domain->name) ? domain->name.value : "");
    }
    if (!cvm_is_unset(launch->author_key) && cvm_is_on(launch->author_key) != has_author) {
        return cvm_error_set(
            error, CVM_ERROR_USAGE,
            has_author ? _("the profile of '%1$s' has 'authorKey' off, but an author key is given: "
                           "take 'authorKey' out of it")
                       : _("the profile of '%1$s' has 'authorKey' on, but no author key is given"),
            cvm_is_set(domain->name) ? domain->name.value : "");
    }
    return 0;
}

int
cvm_resolve_id_block(struct cvm_domain *domain, const guchar *block, const guchar *auth,
                     gboolean has_author, GError **error)
{
    struct cvm_launch *launch = &domain->launch;

    if (check_room(domain, has_author, error) < 0) {
        return -1;
    }
    set_blob(domain, &launch->id_block, "idBlock", block, BLOCK_SIZE);
    set_blob(domain, &launch->id_auth, "idAuth", auth, AUTH_SIZE);
    if (has_author && cvm_default_flag(&launch->author_key, TRUE, launch->from.node,
                                       _("the ID block's authentication holds an author key"))) {
        cvm_domain_add_default(domain, "launchSecurity", "authorKey", "yes",
                               launch->author_key.from.reason);
    }
    return 0;
}

/* ---- the document's own ---- */

static gboolean
is_in_id_block(const struct cvm_node *node)
{
    for (; node; node = node->parent) {
        if (g_strcmp0(node->name, "idBlock") == 0 || g_strcmp0(node->name, "idAuth") == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean
cvm_resolve_drop_id_block(struct cvm_domain *domain)
{
    struct cvm_launch *launch = &domain->launch;
    struct cvm_problem **link = &domain->problems;
    gboolean found = !cvm_is_unset(launch->id_block) || !cvm_is_unset(launch->id_auth);

    launch->id_block = launch->id_auth = (struct cvm_blob){ 0 };
    launch->author_key = (struct cvm_flag){ 0 };
    while (*link) {
        if ((*link)->kind == CVM_PROBLEM_BLOB && is_in_id_block((*link)->node)) {
            *link = (*link)->next;
            domain->problem_count--;
        } else {
            link = &(*link)->next;
        }
    }
    return found;
}
