/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/number.h"

#include <string.h>

gboolean
cvm_number_parse_decimal(const char *text, uint64_t *value)
{
    guint64 parsed;

    if (!g_ascii_isdigit(*text) ||
        !g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, &parsed, NULL)) {
        return FALSE;
    }
    *value = parsed;
    return TRUE;
}

gboolean
cvm_number_parse_hex(const char *text, uint64_t *value)
{
    guint64 parsed;

    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        text += 2;
    }
    if (!g_ascii_isxdigit(*text) ||
        !g_ascii_string_to_unsigned(text, 16, 0, G_MAXUINT64, &parsed, NULL)) {
        return FALSE;
    }
    *value = parsed;
    return TRUE;
}

const char *
cvm_number_format(char digits[CVM_NUMBER_SIZE], uint64_t value)
{
    char *at = digits + CVM_NUMBER_SIZE - 1;

    *at = '\0';
    do {
        *--at = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    return at;
}

const char *
cvm_number_format_hex(char digits[CVM_NUMBER_SIZE], uint64_t value, unsigned least)
{
    char *end = digits + CVM_NUMBER_SIZE - 1, *at = end;

    *at = '\0';
    for (; value > 0 || at > end - least; value /= 16) {
        *--at = "0123456789abcdef"[value % 16];
    }
    return at;
}

static const struct {
    const char *name;
    uint64_t bytes;
} units[] = {
    { "B", 1 },
    { "KiB", UINT64_C(1) << 10 },
    { "MiB", UINT64_C(1) << 20 },
    { "GiB", UINT64_C(1) << 30 },
    { "TiB", UINT64_C(1) << 40 },
    { "KB", 1000 },
    { "MB", 1000 * 1000 },
    { "GB", UINT64_C(1000) * 1000 * 1000 },
    { "TB", UINT64_C(1000) * 1000 * 1000 * 1000 },
};

static enum cvm_size_result
find_unit(const char *name, uint64_t *bytes)
{
    if (*name == '\0') {
        return CVM_SIZE_NO_UNIT;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        if (g_str_equal(name, units[i].name)) {
            *bytes = units[i].bytes;
            return CVM_SIZE_OK;
        }
    }
    return name[1] == '\0' && strchr("kKmMgGtTb", *name) ? CVM_SIZE_AMBIGUOUS : CVM_SIZE_MALFORMED;
}

enum cvm_size_result
cvm_size_parse(const char *text, uint64_t *bytes)
{
    g_autofree char *digits = NULL;
    size_t length = strspn(text, "0123456789");
    const char *unit = text + length;
    enum cvm_size_result result;
    uint64_t number, factor;

    if (length == 0) {
        return CVM_SIZE_MALFORMED;
    }
    if (*unit == ' ') {
        unit++;
        if (*unit == '\0') {
            return CVM_SIZE_MALFORMED;
        }
    }
    result = find_unit(unit, &factor);
    if (result != CVM_SIZE_OK) {
        return result;
    }
    digits = g_strndup(text, length);
    if (!cvm_number_parse_decimal(digits, &number) || number > G_MAXUINT64 / factor) {
        return CVM_SIZE_OVERFLOW;
    }
    *bytes = number * factor;
    return CVM_SIZE_OK;
}

char *
cvm_size_format(uint64_t bytes)
{
    enum { LARGEST_BINARY = 4 };

    for (size_t i = LARGEST_BINARY; i > 0; i--) {
        if (bytes >= units[i].bytes && bytes % units[i].bytes == 0) {
            return g_strdup_printf("%" G_GUINT64_FORMAT "%s", bytes / units[i].bytes,
                                   units[i].name);
        }
    }
    return g_strdup_printf("%" G_GUINT64_FORMAT "B", bytes);
}

gboolean
cvm_version_parse(const char *text, unsigned *version)
{
    unsigned parts[3] = { 0, 0, 0 };
    const char *at = text;

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        char *end;
        guint64 part;

        if (!g_ascii_isdigit(*at)) {
            return FALSE;
        }
        part = g_ascii_strtoull(at, &end, 10);
        if (part > 999) {
            return FALSE;
        }
        parts[i] = (unsigned)part;
        if (*end != '.' || !g_ascii_isdigit(end[1])) {
            break;
        }
        at = end + 1;
    }
    *version = CVM_VERSION(parts[0], parts[1], parts[2]);
    return TRUE;
}

char *
cvm_version_format(unsigned version)
{
    return g_strdup_printf("%u.%u.%u", version / 1000000, version / 1000 % 1000, version % 1000);
}
