/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/policy.h"

#include <string.h>

#include "util/i18n.h"
#include "util/number.h"

static const struct cvm_policy_bit sev_bits[] = {
    { 0, "nodbg", "debug", TRUE, N_("the host may not debug the guest"),
      N_("the host may debug the guest: it can read its memory") },
    { 1, "noks", "keySharing", TRUE, N_("the guest's key may not be shared with other guests"),
      N_("the guest's key may be shared with other guests") },
    { 2, "es", "es", FALSE, N_("SEV-ES is required: register state is encrypted too"),
      N_("SEV-ES is not required: the host sees the registers") },
    { 3, "nosend", "send", TRUE, N_("the guest may not be sent to another platform"),
      N_("the guest may be sent to another platform") },
    { 4, "domain", "domain", FALSE, N_("the guest may only be sent within its owner's domain"),
      N_("the guest may be sent beyond its owner's domain") },
    { 5, "sev", "sev", FALSE, N_("the guest may only be sent to platforms that support SEV"),
      N_("the guest may be sent to platforms that do not support SEV") },
};

static const struct cvm_policy_bit snp_bits[] = {
    { 16, "smt", "smt", FALSE, N_("the host may have simultaneous multithreading on"),
      N_("the host must have simultaneous multithreading off") },
    { 17, "reserved", "reserved", FALSE, N_("reserved, must be set"),
      N_("reserved, must be set: the firmware refuses this policy") },
    { 18, "migrate-ma", "migrateMa", FALSE, N_("a migration agent may be associated"),
      N_("no migration agent may be associated") },
    { 19, "debug", "debug", FALSE, N_("the host may debug the guest: it can read its memory"),
      N_("the host may not debug the guest") },
    { 20, "single-socket", "singleSocket", FALSE, N_("the guest runs on one socket only"),
      N_("the guest may run on several sockets") },
    { 21, "cxl-allow", "cxlAllow", FALSE, N_("CXL devices may be attached"),
      N_("CXL devices may not be attached") },
    { 22, "mem-aes-256-xts", "memAes256Xts", FALSE, N_("memory must be encrypted with AES-256 XTS"),
      N_("memory may be encrypted with AES-128 XEX") },
    { 23, "rapl-dis", "raplDis", FALSE, N_("running average power limit must be disabled"),
      N_("running average power limit may be enabled") },
    { 24, "ciphertext-hiding", "ciphertextHiding", FALSE, N_("ciphertext hiding must be enabled"),
      N_("ciphertext hiding may be disabled") },
    { 25, "page-swap-disable", "pageSwapDisable", FALSE, N_("page swapping must be disabled"),
      N_("page swapping may be enabled") },
};

/* Where the least firmware version stands: SEV has major below minor, SNP minor below major. */
struct version_field {
    const char *name;
    unsigned major_shift, minor_shift;
};
static const struct version_field sev_version = { "api", 16, 24 };
static const struct version_field snp_version = { "abi", 8, 0 };

static const struct version_field *
version_field(enum cvm_guest guest)
{
    return guest == CVM_GUEST_SEV_SNP ? &snp_version : &sev_version;
}

const struct cvm_policy_bit *
cvm_policy_bits(enum cvm_guest guest, unsigned *count)
{
    if (guest == CVM_GUEST_SEV_SNP) {
        *count = G_N_ELEMENTS(snp_bits);
        return snp_bits;
    }
    *count = G_N_ELEMENTS(sev_bits);
    return sev_bits;
}

uint64_t
cvm_policy_default(enum cvm_guest guest)
{
    switch (guest) {
    case CVM_GUEST_SEV_SNP:
        return CVM_SNP_POLICY_SMT | CVM_SNP_POLICY_RESERVED_ONE;
    case CVM_GUEST_SEV_ES:
        return CVM_SEV_POLICY_NODBG | CVM_SEV_POLICY_NOKS | CVM_SEV_POLICY_ES;
    default:
        return CVM_SEV_POLICY_NODBG | CVM_SEV_POLICY_NOKS;
    }
}

uint64_t
cvm_policy_reserved(enum cvm_guest guest)
{
    return guest == CVM_GUEST_SEV_SNP ? CVM_SNP_POLICY_RESERVED : CVM_SEV_POLICY_RESERVED;
}

unsigned
cvm_policy_width(enum cvm_guest guest)
{
    return guest == CVM_GUEST_SEV_SNP ? 64 : 32;
}

static const char *
bit_name(enum cvm_guest guest, unsigned bit)
{
    unsigned count;
    const struct cvm_policy_bit *bits = cvm_policy_bits(guest, &count);

    for (unsigned i = 0; i < count; i++) {
        if (bits[i].bit == bit) {
            return bits[i].name;
        }
    }
    return NULL;
}

static unsigned
byte_at(uint64_t policy, unsigned shift)
{
    return (unsigned)(policy >> shift & 0xff);
}

void
cvm_policy_version(enum cvm_guest guest, uint64_t policy, unsigned *major, unsigned *minor)
{
    const struct version_field *version = version_field(guest);

    *major = byte_at(policy, version->major_shift);
    *minor = byte_at(policy, version->minor_shift);
}

char *
cvm_policy_names(enum cvm_guest guest, uint64_t policy)
{
    const struct version_field *version = version_field(guest);
    uint64_t rest = policy & ~(UINT64_C(0xff) << version->major_shift) &
                    ~(UINT64_C(0xff) << version->minor_shift);
    GString *names = g_string_new(NULL);
    unsigned major, minor;

    cvm_policy_version(guest, policy, &major, &minor);
    for (unsigned bit = 0; bit < 64; bit++) {
        const char *name = bit_name(guest, bit);

        if (!(rest >> bit & 1)) {
            continue;
        }
        g_string_append(names, names->len ? "," : "");
        if (name) {
            g_string_append(names, name);
        } else {
            g_string_append_printf(names, "bit%u", bit);
        }
    }
    if (major || minor) {
        g_string_append_printf(names, "%s%s=%u.%u", names->len ? "," : "", version->name, major,
                               minor);
    }
    return g_string_free(names, FALSE);
}

static gboolean
parse_version(const struct version_field *field, const char *text, uint64_t *policy)
{
    g_auto(GStrv) parts = g_strsplit(text, ".", 3);
    uint64_t major, minor;

    if (g_strv_length(parts) != 2 || !cvm_number_parse_decimal(parts[0], &major) ||
        !cvm_number_parse_decimal(parts[1], &minor) || major > 0xff || minor > 0xff) {
        return FALSE;
    }
    *policy |= major << field->major_shift | minor << field->minor_shift;
    return TRUE;
}

static gboolean
parse_name(enum cvm_guest guest, const char *name, uint64_t *policy)
{
    const struct version_field *version = version_field(guest);
    size_t length = strlen(version->name);
    unsigned count;
    const struct cvm_policy_bit *bits = cvm_policy_bits(guest, &count);
    uint64_t number;

    for (unsigned i = 0; i < count; i++) {
        if (g_ascii_strcasecmp(bits[i].name, name) == 0) {
            *policy |= UINT64_C(1) << bits[i].bit;
            return TRUE;
        }
    }
    if (g_ascii_strncasecmp(name, version->name, length) == 0 && name[length] == '=') {
        return parse_version(version, name + length + 1, policy);
    }
    if (g_str_has_prefix(name, "bit") && cvm_number_parse_decimal(name + 3, &number) &&
        number < cvm_policy_width(guest)) {
        *policy |= UINT64_C(1) << number;
        return TRUE;
    }
    return FALSE;
}

gboolean
cvm_policy_parse_names(enum cvm_guest guest, const char *names, uint64_t *policy, char **bad)
{
    g_auto(GStrv) words = g_strsplit(names, ",", 0);
    uint64_t parsed = 0;

    for (char **word = words; *word; word++) {
        g_strstrip(*word);
        if (!parse_name(guest, *word, &parsed)) {
            *bad = g_strdup(*word);
            return FALSE;
        }
    }
    *policy = parsed;
    return TRUE;
}

char *
cvm_policy_format(enum cvm_guest guest, uint64_t policy)
{
    char digits[CVM_NUMBER_SIZE];

    return g_strconcat(
        "0x", cvm_number_format_hex(digits, policy, guest == CVM_GUEST_SEV_SNP ? 8 : 4), NULL);
}
