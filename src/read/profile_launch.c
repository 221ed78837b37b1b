/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The policy and the blobs of launchSecurity. */
#include <string.h>

#include "model/policy.h"
#include "read/plain.h"
#include "read/profile.h"
#include "util/closest.h"
#include "util/error.h"
#include "util/file.h"
#include "util/i18n.h"
#include "util/number.h"
#include "util/quote.h"

enum cvm_guest
cvm_profile_guest(const struct cvm_node *root)
{
    const struct cvm_node *launch = cvm_node_child(root, "launchSecurity");
    const char *type = cvm_node_child_text(launch, "type");
    const struct cvm_guest_info *info = type ? cvm_guest_by_name(type) : NULL;

    if (!type) {
        return CVM_GUEST_NONE;
    }
    return info ? info->guest : CVM_GUEST_OTHER;
}

/* The reserved bit of SNP has a name on the command line, but is no choice. */
static gboolean
is_choice(enum cvm_guest guest, const struct cvm_policy_bit *bit)
{
    return guest != CVM_GUEST_SEV_SNP || UINT64_C(1) << bit->bit != CVM_SNP_POLICY_RESERVED_ONE;
}

static const struct cvm_policy_bit *
find_bit(enum cvm_guest guest, const char *key)
{
    unsigned count;
    const struct cvm_policy_bit *bits = cvm_policy_bits(guest, &count);

    for (unsigned i = 0; i < count; i++) {
        if (is_choice(guest, &bits[i]) && g_str_equal(bits[i].key, key)) {
            return &bits[i];
        }
    }
    return NULL;
}

static const char *
version_key(enum cvm_guest guest)
{
    return guest == CVM_GUEST_SEV_SNP ? "abi" : "api";
}

static gboolean
reject_key(struct cvm_domain *domain, enum cvm_guest guest, const struct cvm_node *node)
{
    enum cvm_guest other = guest == CVM_GUEST_SEV_SNP ? CVM_GUEST_SEV : CVM_GUEST_SEV_SNP;
    const char *title = cvm_guest_info(guest)->title;
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    const char *closest;
    unsigned count;
    const struct cvm_policy_bit *bits = cvm_policy_bits(guest, &count);

    for (unsigned i = 0; i < count; i++) {
        if (is_choice(guest, &bits[i])) {
            g_ptr_array_add(keys, (gpointer)bits[i].key);
        }
    }
    g_ptr_array_add(keys, (gpointer)version_key(guest));
    g_ptr_array_add(keys, NULL);
    closest = cvm_closest(node->name, (const char *const *)keys->pdata);
    if (find_bit(other, node->name) || g_str_equal(node->name, version_key(other))) {
        cvm_profile_complain(domain, CVM_PROBLEM_POLICY, node, TRUE, NULL,
                             _("'%1$s' is part of another type's policy, not of %2$s's."),
                             cvm_quote(domain->arena, node->name), title);
    } else if (closest) {
        cvm_profile_complain(domain, CVM_PROBLEM_POLICY, node, TRUE, closest,
                             _("A %1$s policy has no '%2$s'; did you mean '%3$s'?"), title,
                             cvm_quote(domain->arena, node->name), closest);
    } else {
        g_autofree char *list = g_strjoinv("', '", (char **)keys->pdata);

        cvm_profile_complain(domain, CVM_PROBLEM_POLICY, node, TRUE, NULL,
                             _("A %1$s policy has no '%2$s'; its keys are '%3$s'."), title,
                             cvm_quote(domain->arena, node->name), list);
    }
    return FALSE;
}

static gboolean
read_bit(struct cvm_domain *domain, const struct cvm_policy_bit *bit, uint64_t *policy,
         const struct cvm_node *node)
{
    gboolean value = g_strcmp0(node->text, "true") == 0;

    if (node->kind != CVM_NODE_SCALAR || node->quoted ||
        !(value || g_strcmp0(node->text, "false") == 0)) {
        g_autofree char *path = cvm_node_path(node);

        cvm_profile_complain(domain, CVM_PROBLEM_POLICY, node, FALSE, NULL,
                             _("'%s' must be true or false, without quotes."), path);
        return FALSE;
    }
    if (value != bit->inverted) {
        *policy |= UINT64_C(1) << bit->bit;
    } else {
        *policy &= ~(UINT64_C(1) << bit->bit);
    }
    return TRUE;
}

static gboolean
read_version(struct cvm_domain *domain, enum cvm_guest guest, uint64_t *policy,
             const struct cvm_node *node)
{
    g_autofree char *path = cvm_node_path(node);
    g_autofree char *names = NULL;
    g_autofree char *bad = NULL;
    uint64_t version;

    if (node->kind == CVM_NODE_SCALAR && node->quoted) {
        names = g_strdup_printf("%s=%s", node->name, node->text);
        if (!strchr(names, ',') && cvm_policy_parse_names(guest, names, &version, &bad)) {
            *policy |= version;
            return TRUE;
        }
    }
    cvm_profile_complain(domain, CVM_PROBLEM_POLICY, node, FALSE, NULL,
                         _("'%s' must be a version in quotes, like \"1.51\": without them YAML "
                           "reads a number, and 1.50 is 1.5."),
                         path);
    return FALSE;
}

static void
read_policy_map(struct cvm_domain *domain, struct cvm_uint *to, const struct cvm_node *map)
{
    enum cvm_guest guest = domain->launch.guest;
    gboolean valid = TRUE;
    uint64_t policy = cvm_policy_default(guest);

    for (const struct cvm_node *node = map->children; node && !cvm_profile_is_full(domain);
         node = node->next) {
        const struct cvm_policy_bit *bit = find_bit(guest, node->name);

        if (bit) {
            valid &= read_bit(domain, bit, &policy, node);
        } else if (g_str_equal(node->name, version_key(guest))) {
            valid &= read_version(domain, guest, &policy, node);
        } else {
            valid &= reject_key(domain, guest, node);
        }
    }
    to->from.origin = valid && !cvm_profile_is_full(domain) ? CVM_GIVEN : CVM_INVALID;
    to->value = policy;
}

static void
read_policy_number(struct cvm_domain *domain, struct cvm_uint *to, const struct cvm_node *node)
{
    enum cvm_guest guest = domain->launch.guest;

    if (!cvm_plain_parse_number(node->text, &to->value)) {
        cvm_profile_reject(domain, CVM_PROBLEM_POLICY, &to->from, node,
                           _("'%1$s' must be a number like 0x30000 or a map like {debug: false}, "
                             "not '%2$s'."));
    } else if (cvm_policy_width(guest) == 32 && to->value > G_MAXUINT32) {
        cvm_profile_reject(domain, CVM_PROBLEM_POLICY, &to->from, node,
                           _("'%1$s' of such a guest has 32 bits; '%2$s' is wider."));
    } else {
        to->from.origin = CVM_GIVEN;
    }
}

void
cvm_profile_read_policy(struct cvm_domain *domain, const struct cvm_field *field,
                        struct cvm_uint *to, const struct cvm_node *node)
{
    (void)field;
    to->from.node = node;
    to->from.origin = CVM_INVALID;
    if (node->kind == CVM_NODE_SCALAR) {
        read_policy_number(domain, to, node);
    } else if (node->kind != CVM_NODE_MAP) {
        cvm_profile_reject(domain, CVM_PROBLEM_POLICY, &to->from, node,
                           _("'%1$s' must be a number like 0x30000 or a map like {debug: false}, "
                             "not %2$s."));
    } else if (domain->launch.guest & CVM_GUEST_AMD) {
        read_policy_map(domain, to, node);
    } /* else the type is the mistake: no names to read the map by */
}

/* RFC 4648, section 4, with any white space in it; NULL when it is not. */
static char *
clean_base64(struct cvm_arena *arena, const char *text, size_t size)
{
    char *clean = cvm_arena_alloc(arena, size + 1);
    size_t length = 0, padding = 0;

    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\0') {
            return NULL;
        }
        if (g_ascii_isspace(text[i])) {
            continue;
        }
        padding += text[i] == '=';
        if (!g_ascii_isalnum(text[i]) && !strchr("+/=", text[i])) {
            return NULL;
        }
        if (padding && text[i] != '=') {
            return NULL;
        }
        clean[length++] = text[i];
    }
    return length > 0 && length % 4 == 0 && padding <= 2 ? clean : NULL;
}

static void
read_blob_file(struct cvm_domain *domain, struct cvm_blob *to, const struct cvm_node *node)
{
    g_autofree char *path = cvm_profile_path(node, node->text);
    g_autofree char *data = NULL;
    g_autoptr(GError) error = NULL;
    size_t size = 0;

    if (cvm_file_read_regular(path, CVM_LIMIT_BLOB, &data, &size, &error) < 0) {
        cvm_profile_complain(domain, CVM_PROBLEM_BLOB, node, FALSE, NULL, "%s", error->message);
        return;
    }
    if (size == 0) {
        cvm_profile_complain(domain, CVM_PROBLEM_BLOB, node, FALSE, NULL, _("File '%s' is empty."),
                             path);
        return;
    }
    to->base64 = clean_base64(domain->arena, data, size);
    if (!to->base64) {
        g_autofree char *encoded = g_base64_encode((const guchar *)data, size);

        to->base64 = cvm_arena_strdup(domain->arena, encoded);
    }
    to->file = cvm_arena_strdup(domain->arena, path);
    to->from.origin = CVM_GIVEN;
}

static void
read_blob_map(struct cvm_domain *domain, struct cvm_blob *to, const struct cvm_node *map)
{
    const struct cvm_node *file = cvm_node_child(map, "file");

    for (const struct cvm_node *node = map->children; node; node = node->next) {
        if (!g_str_equal(node->name, "file")) {
            cvm_profile_complain(domain, CVM_PROBLEM_UNKNOWN_KEY, node, TRUE, "file",
                                 _("Unknown key '%s'; the only key here is 'file'."),
                                 cvm_quote(domain->arena, node->name));
        }
    }
    if (!file) {
        g_autofree char *path = cvm_node_path(map);

        cvm_profile_complain(domain, CVM_PROBLEM_MISSING_KEY, map, TRUE, NULL,
                             _("Key '%s.file' is missing."), path);
    } else if (file->kind != CVM_NODE_SCALAR || *file->text == '\0' || cvm_plain_is_null(file)) {
        g_autofree char *path = cvm_node_path(file);

        cvm_profile_complain(domain, CVM_PROBLEM_WRONG_TYPE, file, FALSE, NULL,
                             _("'%s' must be the path of a file."), path);
    } else {
        read_blob_file(domain, to, file);
    }
}

void
cvm_profile_read_blob(struct cvm_domain *domain, const struct cvm_field *field, struct cvm_blob *to,
                      const struct cvm_node *node)
{
    (void)field;
    if (domain->before) {
        *to = *(const struct cvm_blob *)((const char *)domain->before +
                                         ((const char *)to - (const char *)domain));
        return;
    }
    to->from.node = node;
    to->from.origin = CVM_INVALID;
    if (node->kind == CVM_NODE_MAP) {
        read_blob_map(domain, to, node);
    } else if (node->kind == CVM_NODE_LIST) {
        cvm_profile_reject(domain, CVM_PROBLEM_BLOB, &to->from, node,
                           _("'%1$s' must be base64 or {file: PATH}, not %2$s."));
    } else {
        to->base64 = clean_base64(domain->arena, node->text, strlen(node->text));
        if (to->base64) {
            to->from.origin = CVM_GIVEN;
        } else {
            cvm_profile_reject(domain, CVM_PROBLEM_BLOB, &to->from, node,
                               strchr(node->text, '.') || node->text[0] == '/'
                                   ? _("'%1$s' is not base64; to name a file, write {file: %2$s}.")
                                   : _("'%1$s' is not base64."));
        }
    }
}
