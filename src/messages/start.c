/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a log says of the start itself: libvirt's line with the versions, and QEMU's command line.
 */
#include <string.h>

#include "messages/messages.h"
#include "util/number.h"

/* The number behind a key: "policy":3, "policy":"0x3", policy=0x3. */
static gboolean
find_number(const char *text, const char *key, guint64 *value)
{
    const char *at = strstr(text, key);
    g_autofree char *digits = NULL;
    size_t length;

    if (!at) {
        return FALSE;
    }
    at += strlen(key);
    at += strspn(at, "\":= ");
    length = strspn(at, "0123456789abcdefxABCDEFX");
    digits = g_strndup(at, length);
    return g_ascii_strncasecmp(digits, "0x", 2) == 0 ? cvm_number_parse_hex(digits, value)
                                                     : cvm_number_parse_decimal(digits, value);
}

/* Where the object stands in a command line, in JSON or as key=value; NULL when it does not. */
static const char *
find_object(const char *line, const char *type)
{
    g_autofree char *json = g_strdup_printf("\"%s\"", type);
    g_autofree char *plain = g_strdup_printf("%s,", type);
    const char *at = strstr(line, json);

    return at ? at : strstr(line, plain);
}

static gboolean
read_object(struct cvm_start *start, const char *line, const char *type, gboolean *has)
{
    const char *at = find_object(line, type);

    if (!at) {
        return FALSE;
    }
    *has = TRUE;
    start->has_policy = find_number(at, "policy", &start->policy);
    return TRUE;
}

static void
read_version(const char *line, const char *key, unsigned *version)
{
    const char *at = strstr(line, key);

    if (at) {
        cvm_version_parse(at + strlen(key), version);
    }
}

/* An option that QEMU's command line may have, and what it tells. */
static void
read_option(const char *line, const char *option, gboolean *has)
{
    if (strstr(line, option)) {
        *has = TRUE;
    }
}

gboolean
cvm_start_read(struct cvm_start *start, const char *line, unsigned number)
{
    gboolean command = g_str_has_suffix(line, " \\");

    /* libvirt writes "starting up libvirt version: 11.3.0,
     * package: …, qemu version: 10.0.3…, kernel: 6.12.41…, hostname: …" */
    if (strstr(line, "starting up libvirt version: ")) {
        *start = (struct cvm_start){ .line = number };
        read_version(line, "libvirt version: ", &start->libvirt);
        read_version(line, "qemu version: ", &start->qemu);
        read_version(line, "kernel: ", &start->kernel);
        return TRUE;
    }
    read_option(line, "is tainted: custom-argv", &start->custom);
    command |= read_object(start, line, "sev-snp-guest", &start->snp);
    command |= read_object(start, line, "sev-guest", &start->sev);
    if (command) {
        start->command = TRUE;
        read_option(line, "pflash0=", &start->pflash);
        read_option(line, "-bios ", &start->rom);
        read_option(line, "mem-lock=on", &start->locked);
        read_option(line, "vfio-pci", &start->vfio);
    }
    return command;
}
