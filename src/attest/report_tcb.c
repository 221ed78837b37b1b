/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TCB_VERSION: which firmware and microcode a platform runs, part by part. */
#include "attest/report.h"

#include <string.h>

#include "util/i18n.h"
#include "util/number.h"

enum {
    FAMILY_MILAN = 0x19,
    FAMILY_TURIN = 0x1a,
};

#define SPL "1.3.6.1.4.1.3704.1.3."

/* AMD 56860, "TCB_VERSION Structure" of each family; AMD 57230 (VCEK Certificate and KDS Interface
 * Specification), "VCEK Certificate Extensions". The places: the `sev` crate
 * (src/firmware/host/types/snp.rs); the extensions: go-sev-guest (kds/kds.go) for family 19h, CCF
 * (src/pal/attestation.cpp) for both. */
static const struct report_tcb_part parts[] = {
    { "fmc", SPL "9", { REPORT_TCB_NOWHERE, 0 } },
    { "bootloader", SPL "1", { 0, 1 } },
    { "tee", SPL "2", { 1, 2 } },
    { NULL, SPL "4", { 2, REPORT_TCB_NOWHERE } },
    { NULL, SPL "5", { 3, 4 } },
    { NULL, SPL "6", { 4, 5 } },
    { NULL, SPL "7", { 5, 6 } },
    { "snp", SPL "3", { 6, 3 } },
    { "microcode", SPL "8", { 7, 7 } },
};

const struct report_tcb_part *
attest_report_tcb_part_at(size_t i)
{
    return i < G_N_ELEMENTS(parts) ? &parts[i] : NULL;
}

char *
attest_report_tcb_format(const unsigned char *tcb, enum report_tcb_layout layout)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        int place = parts[i].place[layout];

        if (place != REPORT_TCB_NOWHERE && (parts[i].name || tcb[place])) {
            g_string_append_printf(text, "%s%s %u", text->len ? ", " : "",
                                   parts[i].name ? parts[i].name : "reserved", tcb[place]);
        }
    }
    return g_string_free(text, FALSE);
}

/* Version 2 names no family. The `sev` crate takes the length of CHIP_ID for it, which is that of
 * the chip's HWID. */
static gboolean
guess_layout(const cvmdom_report *report, enum report_tcb_layout *layout)
{
    static const unsigned char zeros[REPORT_CHIP_ID_SIZE];
    const unsigned char *chip = report->bytes + REPORT_CHIP_ID;
    gboolean is_short = memcmp(chip + REPORT_SHORT_CHIP_ID_SIZE, zeros,
                               REPORT_CHIP_ID_SIZE - REPORT_SHORT_CHIP_ID_SIZE) == 0;

    *layout = is_short ? REPORT_TCB_TURIN : REPORT_TCB_MILAN;
    return memcmp(chip, zeros, REPORT_CHIP_ID_SIZE) != 0;
}

gboolean
attest_report_tcb_layout(const cvmdom_report *report, enum report_tcb_layout *layout)
{
    unsigned family = attest_report_family(report);

    if (attest_report_version(report) < 3) {
        return guess_layout(report, layout);
    }
    *layout = family == FAMILY_TURIN ? REPORT_TCB_TURIN : REPORT_TCB_MILAN;
    return family == FAMILY_MILAN || family == FAMILY_TURIN;
}

static const struct report_tcb_part *
find_part(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (g_strcmp0(parts[i].name, name) == 0) {
            return &parts[i];
        }
    }
    return NULL;
}

/* "snp=8"; NULL when it is none. */
static const struct report_tcb_part *
parse_demand(const char *text, uint64_t *least)
{
    const char *equals = strchr(text, '=');
    g_autofree char *name = equals ? g_strndup(text, (gsize)(equals - text)) : NULL;
    const struct report_tcb_part *part = name ? find_part(name) : NULL;

    return part && cvm_number_parse_decimal(equals + 1, least) && *least <= UINT8_MAX ? part : NULL;
}

int
attest_report_tcb_check(const char *text, cvmdom_error **error)
{
    g_auto(GStrv) demands = text ? g_strsplit(text, ",", 0) : NULL;
    uint64_t least;

    for (size_t i = 0; text && (i == 0 || demands[i]); i++) {
        const char *demand = demands[i] ? demands[i] : "";

        if (!parse_demand(demand, &least)) {
            return cvmdom_error_set(
                error, CVMDOM_ERROR_USAGE,
                _("'%s' is no part of a TCB with its least version, 0 to 255, like "
                  "'snp=8': there are fmc, bootloader, tee, snp and microcode"),
                demand);
        }
    }
    return 0;
}

gboolean
attest_report_tcb_reaches(const cvmdom_report *report, const char *text)
{
    g_auto(GStrv) demands = g_strsplit(text, ",", 0);
    enum report_tcb_layout layout;
    gboolean reaches = attest_report_tcb_layout(report, &layout);

    for (char **demand = demands; reaches && *demand; demand++) {
        uint64_t least = 0;
        const struct report_tcb_part *part = parse_demand(*demand, &least);
        int place = part ? part->place[layout] : REPORT_TCB_NOWHERE;

        reaches =
            place != REPORT_TCB_NOWHERE && report->bytes[REPORT_REPORTED_TCB + place] >= least;
    }
    return reaches;
}
