/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The numbers that a failed start prints. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/explain.h"
#include "util/number.h"

static void
print_firmware_code(const struct cvmdom_firmware_code *code)
{
    printf("%s: ", code->name);
    cli_print_wrapped(code->meaning, (int)strlen(code->name) + 2);
    cli_print_wrapped(code->remedy, 0);
    printf("\n");
    if (code->code >= 0) {
        printf(_("SEV firmware return code %1$d (0x%2$02x), SEV_RET_%3$s"), code->code,
               (unsigned)code->code, code->name);
    } else {
        printf(_("SEV firmware return code %1$d, SEV_RET_%2$s"), code->code, code->name);
    }
    if (code->alias) {
        printf(_("; also called %1$s"), code->alias);
    }
    printf("\n");
    printf(_("QEMU prints: fw_error=%1$d '%2$s'\n"), code->code,
           code->said ? code->said : "unknown error");
    printf(_("Source: %1$s\n"), code->source);
}

static void
print_errno(const struct cvmdom_errno *error)
{
    printf("%s: ", error->name);
    cli_print_wrapped(error->meaning, (int)strlen(error->name) + 2);
    cli_print_wrapped(error->remedy, 0);
    printf("\n");
    printf(_("Error %1$d of the kernel; QEMU prints: ret=-%1$d\n"), error->number);
}

static gboolean
find_errno(int number, const char *name, struct cvmdom_errno *error)
{
    for (size_t i = 0; cvmdom_errno_at(i, error) == 0; i++) {
        if (name ? g_ascii_strcasecmp(error->name, name) == 0 : error->number == number) {
            return TRUE;
        }
    }
    return FALSE;
}

/* "7", "0x7", "-22". */
static gboolean
parse_number(const char *text, int *number)
{
    gboolean negative = text[0] == '-';
    gboolean hex = g_ascii_strncasecmp(text, "0x", 2) == 0;
    uint64_t value;

    if (!(hex ? cvm_number_parse_hex(text, &value)
              : cvm_number_parse_decimal(text + negative, &value)) ||
        value > G_MAXINT) {
        return FALSE;
    }
    *number = negative ? -(int)value : (int)value;
    return TRUE;
}

/* A bare number may be several things: it says what it was taken for, and what else it is. */
static void
print_how_taken(const char *text, int number)
{
    gboolean decimal = g_ascii_strncasecmp(text, "0x", 2) != 0;
    g_autofree char *as_hex = g_strdup_printf("0x%s", text);
    struct cvmdom_firmware_code other;
    struct cvmdom_errno error;
    int hex;

    printf(_("\n'%1$s' was taken for a return code of the SEV firmware (fw_error=).\n"), text);
    if (decimal && number > 9 && parse_number(as_hex, &hex) &&
        cvmdom_firmware_code_by_number(hex, &other) == 0) {
        printf(_("As a hexadecimal number it is %1$s: 'cvmdom explain %2$s'.\n"), other.name,
               as_hex);
    }
    if (decimal && find_errno(number, NULL, &error)) {
        printf(_("As an error of the kernel (ret=-%1$d) it is %2$s: 'cvmdom explain %2$s'.\n"),
               number, error.name);
    }
    printf(_("As a guest policy: 'cvmdom policy %1$s'.\n"), text);
}

/* How the number may be written, and whose it then is. */
static const struct {
    const char *prefix;
    gboolean kernel;
} prefixes[] = {
    { "fw_error=", FALSE }, { "fw_err=", FALSE }, { "error=", FALSE }, { "error ", FALSE },
    { "ret=", TRUE },       { "rc=", TRUE },      { "rc ", TRUE },
};

static gboolean
explain_firmware_number(int number)
{
    struct cvmdom_firmware_code code;

    if (cvmdom_firmware_code_by_number(number, &code) < 0) {
        return FALSE;
    }
    print_firmware_code(&code);
    return TRUE;
}

static gboolean
explain_errno_number(int number)
{
    struct cvmdom_errno error;

    if (!find_errno(abs(number), NULL, &error)) {
        return FALSE;
    }
    print_errno(&error);
    return TRUE;
}

static gboolean
explain_prefixed(const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        size_t length = strlen(prefixes[i].prefix);
        int number;

        if (g_ascii_strncasecmp(text, prefixes[i].prefix, length) == 0 &&
            parse_number(text + length, &number)) {
            return prefixes[i].kernel ? explain_errno_number(number)
                                      : explain_firmware_number(number);
        }
    }
    return FALSE;
}

gboolean
cli_explain_code(const char *text)
{
    struct cvmdom_firmware_code code;
    struct cvmdom_errno error;
    int number;

    if (cvmdom_firmware_code_by_name(text, &code) == 0) {
        print_firmware_code(&code);
        return TRUE;
    }
    if (find_errno(0, text, &error)) {
        print_errno(&error);
        return TRUE;
    }
    if (!parse_number(text, &number)) {
        return explain_prefixed(text);
    }
    if (number < -1) {
        return explain_errno_number(number);
    }
    if (!explain_firmware_number(number)) {
        return FALSE;
    }
    print_how_taken(text, number);
    return TRUE;
}
