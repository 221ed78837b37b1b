/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exported functions: check arguments, call one internal function, return. Documented in
 * <cvmdom/...h>. This file: errors and policies. */
#include "lib.h"

#include "config.h"
#include "model/policy.h"
#include "util/closest.h"
#include "util/error.h"
#include "util/i18n.h"
#include "util/number.h"

G_STATIC_ASSERT((int)CVMDOM_ERROR_IO == (int)CVM_ERROR_IO);
G_STATIC_ASSERT((int)CVMDOM_ERROR_SYNTAX == (int)CVM_ERROR_SYNTAX);
G_STATIC_ASSERT((int)CVMDOM_ERROR_UNSUPPORTED == (int)CVM_ERROR_UNSUPPORTED);
G_STATIC_ASSERT((int)CVMDOM_ERROR_USAGE == (int)CVM_ERROR_USAGE);
G_STATIC_ASSERT((int)CVMDOM_ERROR_CONNECTION == (int)CVM_ERROR_CONNECTION);
G_STATIC_ASSERT((int)CVMDOM_ERROR_REFUSED == (int)CVM_ERROR_REFUSED);
G_STATIC_ASSERT((int)CVMDOM_ERROR_UNTRUSTED == (int)CVM_ERROR_UNTRUSTED);

const char *
cvmdom_version(void)
{
    return PACKAGE_VERSION;
}

/* ---- errors ---- */

int
cvmdom_error_set(cvmdom_error **error, int code, const char *format, ...)
{
    va_list args;

    if (error) {
        va_start(args, format);
        *error = error_handle(g_error_new_valist(CVM_ERROR, code, format, args));
        va_end(args);
    }
    return -1;
}

int
cvmdom_error_code(const cvmdom_error *error)
{
    return error_of(error)->code;
}

const char *
cvmdom_error_message(const cvmdom_error *error)
{
    return error_of(error)->message;
}

const char *
cvmdom_error_file(const cvmdom_error *error)
{
    return cvm_error_place(error_of(error))->file;
}

unsigned
cvmdom_error_line(const cvmdom_error *error)
{
    return cvm_error_place(error_of(error))->line;
}

unsigned
cvmdom_error_column(const cvmdom_error *error)
{
    return cvm_error_place(error_of(error))->column;
}

void
cvmdom_error_free(cvmdom_error *error)
{
    if (error) {
        g_error_free(error_of(error));
    }
}

/* ---- policies ---- */

/* 0 for a type that has no policy. */
static enum cvm_guest
find_guest(const char *type, GError **error)
{
    const struct cvm_guest_info *info = cvm_guest_by_name(type);

    if (info && info->guest & CVM_GUEST_AMD) {
        return info->guest;
    }
    cvm_error_set(error, CVM_ERROR_USAGE,
                  _("'%1$s' is no type of guest with a policy: write sev, sev-es or sev-snp"),
                  type);
    return 0;
}

static int
parse_policy_number(enum cvm_guest guest, const char *text, uint64_t *policy, GError **error)
{
    unsigned width = cvm_policy_width(guest);
    gboolean hex = g_ascii_strncasecmp(text, "0x", 2) == 0;
    uint64_t value;

    if (!hex && text[0] == '0' && text[1] != '\0') {
        return cvm_error_set(error, CVM_ERROR_USAGE,
                             _("'%1$s' might be meant as octal: write it without leading zeros, "
                               "or in hexadecimal with 0x"),
                             text);
    }
    if (!(hex ? cvm_number_parse_hex(text, &value) : cvm_number_parse_decimal(text, &value))) {
        return cvm_error_set(error, CVM_ERROR_USAGE,
                             _("'%1$s' is no 64-bit number: write 0x30000 or 196608"), text);
    }
    if (width < 64 && value >> width) {
        return cvm_error_set(error, CVM_ERROR_USAGE,
                             _("'%1$s' does not fit into the %2$u bits of a %3$s policy"), text,
                             width, cvm_guest_info(guest)->title);
    }
    *policy = value;
    return 0;
}

static int
explain_no_bit(enum cvm_guest guest, const char *word, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    unsigned count;
    const struct cvm_policy_bit *bits = cvm_policy_bits(guest, &count);
    const char *near;

    for (unsigned i = 0; i < count; i++) {
        g_ptr_array_add(names, (char *)bits[i].name);
    }
    g_ptr_array_add(names, NULL);
    near = cvm_closest(word, (const char *const *)names->pdata);
    if (near) {
        return cvm_error_set(error, CVM_ERROR_USAGE,
                             _("a %1$s policy has no bit '%2$s'; did you mean '%3$s'?"),
                             cvm_guest_info(guest)->title, word, near);
    }
    return cvm_error_set(error, CVM_ERROR_USAGE, _("a %1$s policy has no bit '%2$s'"),
                         cvm_guest_info(guest)->title, word);
}

static int
parse_policy(const char *type, const char *text, uint64_t *policy, GError **error)
{
    g_autofree char *bad = NULL;
    enum cvm_guest guest = find_guest(type, error);

    if (!guest) {
        return -1;
    }
    if (g_ascii_isdigit(text[0])) {
        return parse_policy_number(guest, text, policy, error);
    }
    if (!cvm_policy_parse_names(guest, text, policy, &bad)) {
        return explain_no_bit(guest, bad, error);
    }
    return 0;
}

int
cvmdom_policy_parse(const char *type, const char *text, uint64_t *policy, cvmdom_error **error)
{
    GError *cause = NULL;

    if (parse_policy(type, text, policy, &cause) < 0) {
        give_error(error, cause);
        return -1;
    }
    return 0;
}

char *
cvmdom_policy_names(const char *type, uint64_t policy, cvmdom_error **error)
{
    GError *cause = NULL;
    enum cvm_guest guest = find_guest(type, &cause);

    if (!guest) {
        give_error(error, cause);
        return NULL;
    }
    return cvm_policy_names(guest, policy);
}

char *
cvmdom_policy_format(const char *type, uint64_t policy, cvmdom_error **error)
{
    GError *cause = NULL;
    enum cvm_guest guest = find_guest(type, &cause);

    if (!guest) {
        give_error(error, cause);
        return NULL;
    }
    return cvm_policy_format(guest, policy);
}

int
cvmdom_policy_bit_at(const char *type, unsigned i, struct cvmdom_policy_bit *bit)
{
    enum cvm_guest guest = find_guest(type, NULL);
    const struct cvm_policy_bit *bits;
    unsigned count;

    if (!guest) {
        return -1;
    }
    bits = cvm_policy_bits(guest, &count);
    if (i >= count) {
        return -1;
    }
    *bit = (struct cvmdom_policy_bit){
        .bit = bits[i].bit,
        .name = bits[i].name,
        .key = bits[i].key,
        .inverted = bits[i].inverted,
        .meaning = _(bits[i].meaning),
        .clear = _(bits[i].clear),
    };
    return 0;
}

uint64_t
cvmdom_policy_reserved(const char *type)
{
    enum cvm_guest guest = find_guest(type, NULL);

    return guest ? cvm_policy_reserved(guest) : 0;
}

int
cvmdom_policy_version(const char *type, uint64_t policy, unsigned *major, unsigned *minor)
{
    enum cvm_guest guest = find_guest(type, NULL);

    if (!guest) {
        return -1;
    }
    cvm_policy_version(guest, policy, major, minor);
    return 0;
}
