/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a launch may be other than expected: mistakes that people make, and what hosts do. */
#include <string.h>

#include "attest/explain.h"
#include "util/number.h"

enum {
    POLICY_BITS = 0x3f,  /* those that are defined (publication 55766, "Guest Policy Structure") */
    DEBUG_SWAP = 1 << 5, /* SEV_FEATURES (publication 24593, "SEV_FEATURES") */
};

static void
add_change(struct attest_tries *tries, enum attest_change_kind kind, uint64_t value)
{
    const struct attest_change added = { kind, value };

    g_array_append_val(tries->changes, added);
}

static gboolean
is_same_image(const cvmdom_firmware *one, const cvmdom_firmware *other)
{
    size_t size, other_size;
    const void *data = cvmdom_firmware_data(one, &size);
    const void *other_data = cvmdom_firmware_data(other, &other_size);

    return size == other_size && memcmp(data, other_data, size) == 0;
}

/* Each content once: images lie at several paths on many hosts. */
static void
add_image(struct attest_tries *tries, const cvmdom_firmware *firmware)
{
    for (guint i = 0; i < tries->images->len; i++) {
        if (is_same_image(g_ptr_array_index(tries->images, i), firmware)) {
            return;
        }
    }
    if (tries->images->len > 0) {
        add_change(tries, ATTEST_CHANGE_FIRMWARE, tries->images->len);
    }
    g_ptr_array_add(tries->images, (gpointer)firmware);
}

/* A kernel that cannot be read was not measured before either. */
static void
add_kernel_changes(struct attest_tries *tries, const struct cvmdom_launch *launch)
{
    const struct attest_measuring measuring = { .launch = launch };
    const char *cmdline = launch->cmdline ? launch->cmdline : "";
    const size_t length = strlen(cmdline);
    const gboolean has_blanks =
        length && (g_ascii_isspace(cmdline[0]) || g_ascii_isspace(cmdline[length - 1]));

    if (!launch->kernel || attest_kernel_hashes_build(&measuring, tries->table, NULL) < 0) {
        return;
    }
    add_change(tries, ATTEST_CHANGE_KERNEL_HASHES, !launch->kernel_hashes);
    if (length) {
        add_change(tries, ATTEST_CHANGE_CMDLINE, ATTEST_CMDLINE_EMPTY);
    }
    if (has_blanks) {
        add_change(tries, ATTEST_CHANGE_CMDLINE, ATTEST_CMDLINE_STRIPPED);
    }
    add_change(tries, ATTEST_CHANGE_CMDLINE, ATTEST_CMDLINE_NEWLINE);
    if (launch->initrd) {
        add_change(tries, ATTEST_CHANGE_INITRD, 1);
    }
}

static void
add_cpu_changes(struct attest_tries *tries, const struct cvmdom_launch *launch)
{
    const gboolean is_es = g_str_equal(launch->guest, "sev-es");
    static const uint64_t features[] = { 0, DEBUG_SWAP };
    struct cvmdom_cpu cpu;

    if (launch->vcpus == 0 || launch->signature == 0) {
        return;
    }
    add_change(tries, ATTEST_CHANGE_TYPE, !is_es);
    add_change(tries, ATTEST_CHANGE_VMSA,
               launch->vmsa == CVMDOM_VMSA_FPU ? CVMDOM_VMSA_LEGACY : CVMDOM_VMSA_FPU);
    for (size_t i = 0; i < G_N_ELEMENTS(features); i++) {
        if (features[i] != launch->features) {
            add_change(tries, ATTEST_CHANGE_FEATURES, features[i]);
        }
    }
    for (size_t i = 0; cvmdom_cpu_at(i, &cpu) == 0; i++) {
        if (cpu.signature != launch->signature) {
            add_change(tries, ATTEST_CHANGE_SIGNATURE, i);
        }
    }
}

static void
add_policy(struct attest_tries *tries, uint32_t policy)
{
    gboolean known = FALSE;

    for (unsigned i = 0; i < tries->n_policies; i++) {
        known |= tries->policies[i] == policy;
    }
    if (!known && tries->n_policies < ATTEST_MOST_POLICIES) {
        tries->policies[tries->n_policies++] = policy;
    }
}

/* One bit more or less; the defined bits in every combination, with and without the least version
 * of the firmware; that version the wrong way round; the number in the wrong byte order; and read
 * with the wrong radix: libvirt takes "10" for 0x10. */
static void
add_policies(struct attest_tries *tries, const struct cvmdom_launch *launch)
{
    const uint32_t policy = (uint32_t)launch->policy;
    g_autofree char *decimal = g_strdup_printf("%u", policy);
    g_autofree char *hex = g_strdup_printf("%x", policy);
    uint64_t wrong;

    add_policy(tries, policy);
    for (unsigned bit = 0; bit < 32; bit++) {
        add_policy(tries, policy ^ 1U << bit);
    }
    for (uint32_t bits = 0; bits <= POLICY_BITS; bits++) {
        add_policy(tries, (policy & ~(uint32_t)POLICY_BITS) | bits);
        add_policy(tries, bits);
    }
    add_policy(tries, (policy & 0xffff) | (policy >> 8 & 0xff0000) | (policy & 0xff0000) << 8);
    add_policy(tries, GUINT32_SWAP_LE_BE(policy));
    if (cvm_number_parse_hex(decimal, &wrong)) {
        add_policy(tries, (uint32_t)wrong);
    }
    if (cvm_number_parse_decimal(hex, &wrong)) {
        add_policy(tries, (uint32_t)wrong);
    }
}

void
attest_tries_init(struct attest_tries *tries, const struct cvmdom_launch *launch,
                  const cvmdom_firmware *firmware, const cvmdom_firmware *const *others)
{
    *tries = (struct attest_tries){
        .images = g_ptr_array_new(),
        .changes = g_array_new(FALSE, FALSE, sizeof(struct attest_change)),
    };
    add_image(tries, firmware);
    while (others && *others) {
        add_image(tries, *others++);
    }
    add_kernel_changes(tries, launch);
    add_cpu_changes(tries, launch);
    add_policies(tries, launch);
}

void
attest_tries_clear(struct attest_tries *tries)
{
    g_ptr_array_unref(tries->images);
    g_array_unref(tries->changes);
}
