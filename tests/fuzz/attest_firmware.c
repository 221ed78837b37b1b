/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Firmware images, what they say of themselves, and the digests of what is accepted. */
#include <string.h>

#include "cvmdom/attest.h"
#include "fuzz.h"
#include "read/read.h"
#define IMAGE_SIZE 0x1000
#include "../unit/ovmf_fixture.h"

/* ---- what QEMU finds (hw/i386/pc_sysfw_ovmf.c), written a second time ---- */

enum { TABLE_END = 32, TRAILER = 18 };

/* The data of an entry: the first one from the end. NULL: there is none, or QEMU stops before. */
static const unsigned char *
find_entry(const unsigned char *data, size_t size, const char *guid, size_t *length)
{
    const unsigned char *at;
    size_t rest;

    if (size < TABLE_END + TRAILER || !cvm_guid_is(data + size - TABLE_END - 16, FOOTER)) {
        return NULL;
    }
    at = data + size - TABLE_END - TRAILER;
    rest = cvm_get_u16(at);
    if (rest < TRAILER || rest - TRAILER > (size_t)(at - data)) {
        return NULL;
    }
    rest -= TRAILER;
    while (rest >= TRAILER) {
        size_t entry = cvm_get_u16(at - TRAILER);

        if (entry < TRAILER || entry > rest) {
            return NULL;
        }
        if (cvm_guid_is(at - 16, guid)) {
            *length = entry - TRAILER;
            return at - entry;
        }
        at -= entry;
        rest -= entry;
    }
    return NULL;
}

static uint32_t
find_number(const unsigned char *data, size_t size, const char *guid, size_t offset)
{
    size_t length;
    const unsigned char *at = find_entry(data, size, guid, &length);

    return at && length >= offset + 4 ? cvm_get_u32(at + offset) : 0;
}

/* What is in a digest is what QEMU would take from the image. */
static void
check_facts(const cvmdom_firmware *firmware, const unsigned char *data, size_t size)
{
    struct cvmdom_firmware_facts facts;
    struct cvmdom_firmware_section section;
    size_t distance = find_number(data, size, METADATA, 0);

    cvmdom_firmware_describe(firmware, &facts);
    if (facts.has_table) {
        g_assert_cmpuint(facts.reset, ==, find_number(data, size, RESET, 0));
        g_assert_cmpuint(facts.hashes, ==, find_number(data, size, HASHES, 0));
        g_assert_cmpuint(facts.hashes_size, ==, find_number(data, size, HASHES, 4));
    }
    for (size_t i = 0; cvmdom_firmware_section_at(firmware, i, &section) == 0; i++) {
        const unsigned char *at = data + size - distance + 16 + 12 * i;

        g_assert_true(facts.has_metadata && i < facts.sections);
        g_assert_true(at >= data && at + 12 <= data + size);
        g_assert_cmpuint(section.address, ==, cvm_get_u32(at));
        g_assert_cmpuint(section.size, ==, cvm_get_u32(at + 4));
        g_assert_cmpuint(section.type, ==, cvm_get_u32(at + 8));
    }
}

/* No page is measured twice, or only in part. */
static void
check_sections(const cvmdom_firmware *firmware, size_t size)
{
    struct cvmdom_firmware_section one, other;

    for (size_t i = 0; cvmdom_firmware_section_at(firmware, i, &one) == 0; i++) {
        g_assert_true(one.size > 0 && one.size % 4096 == 0 && one.address % 4096 == 0);
        g_assert_cmpuint((uint64_t)one.address + one.size, <=, (UINT64_C(1) << 32) - size);
        g_assert_true((one.type >= 1 && one.type <= 4) || one.type == 16);
        for (size_t j = 0; j < i && cvmdom_firmware_section_at(firmware, j, &other) == 0; j++) {
            g_assert_true((uint64_t)one.address + one.size <= other.address ||
                          (uint64_t)other.address + other.size <= one.address);
        }
    }
}

/* ---- digests ---- */

static const char *kernel; /* any file */

/* Launches that an image is tried with. */
static const struct launch {
    const char *guest;
    int hashes, vmm;
} launches[] = {
    { "sev", FALSE, 0 },
    { "sev", TRUE, 0 },
    { "sev-es", FALSE, 0 },
    { "sev-es", TRUE, 0 },
    { "sev-snp", FALSE, 0 },
    { "sev-snp", TRUE, 0 },
    { "sev-snp", FALSE, CVMDOM_VMM_EC2 },
    { "sev-snp", FALSE, CVMDOM_VMM_GCE },
};

static struct cvmdom_launch
make_launch(const struct launch *how)
{
    return (struct cvmdom_launch){
        .guest = how->guest,
        .has_policy = 1,
        .policy = g_str_equal(how->guest, "sev-snp") ? 0x30000
                  : g_str_equal(how->guest, "sev")   ? 1
                                                     : 7,
        .firmware = "x",
        .vcpus = 2,
        .cpu_mode = "custom",
        .cpu = "EPYC-Milan",
        .signature = 0xa00f11,
        .features = g_str_equal(how->guest, "sev-snp"),
        .kernel_hashes = how->hashes,
        .kernel = how->hashes ? kernel : NULL,
        .vmm = how->vmm,
        .vcek = 1,
    };
}

/* The digests of a seed as it is, by launch; size 0: none. */
struct digests {
    struct cvmdom_digest of[G_N_ELEMENTS(launches)];
};

static unsigned
measure(const cvmdom_firmware *firmware, struct digests *digests)
{
    unsigned count = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(launches); i++) {
        struct cvmdom_launch launch = make_launch(&launches[i]);
        cvmdom_error *error = NULL;

        digests->of[i].size = 0;
        if (cvmdom_launch_digest(&launch, firmware, NULL, NULL, &digests->of[i], &error) < 0) {
            g_assert_cmpuint(digests->of[i].size, ==, 0);
            fuzz_refuse(error);
        } else {
            count++;
        }
    }
    return count;
}

/* ---- images ---- */

static const char *const images[] = { "amdsev", "ovmf", "4m", "no-reset", "unclear" };

static struct fuzz_seed *
make_image(const char *name)
{
    struct fuzz_seed *seed;
    struct builder *builder = g_new0(struct builder, 1);

    g_assert_true(build_known(builder, name));
    seed = fuzz_add(name, builder->data, sizeof(builder->data));
    seed->focus = (struct fuzz_range){ IMAGE_SIZE - 448, IMAGE_SIZE };
    g_free(builder);
    return seed;
}

void
fuzz_make_images(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(images); i++) {
        make_image(images[i]);
    }
    make_image("none")->verdict = FUZZ_REFUSED;
}

gboolean
fuzz_ovmf(const uint8_t *data, size_t size)
{
    CVM_AUTO(arena) *arena = cvm_arena_new();
    struct cvm_ovmf ovmf = { 0 };

    cvm_ovmf_parse(arena, "/x", data, size, &ovmf);
    return ovmf.has_table;
}

/* ---- measured ---- */

/* The digests of each seed as it is. */
static GArray *known;

void
fuzz_make_firmware(void)
{
    static const uint8_t content[] = "a kernel";

    kernel = fuzz_file(1, content, sizeof(content));
    known = g_array_new(FALSE, FALSE, sizeof(struct digests));
    fuzz_make_images();
    for (guint i = 0; i < fuzz_seeds->len; i++) {
        struct fuzz_seed *seed = g_ptr_array_index(fuzz_seeds, i);
        cvmdom_firmware *firmware = cvmdom_firmware_parse("x", seed->data, seed->size, NULL);
        struct digests digests = { 0 };

        seed->verdict = firmware && measure(firmware, &digests) > 0 ? FUZZ_ACCEPTED : FUZZ_REFUSED;
        g_array_append_val(known, digests);
        cvmdom_firmware_free(firmware);
    }
}

void
fuzz_drop_firmware(void)
{
    g_clear_pointer(&known, g_array_unref);
}

/* Bytes that were changed change every digest. */
static void
compare(const uint8_t *data, size_t size, const struct digests *digests)
{
    for (guint i = 0; i < known->len; i++) {
        const struct fuzz_seed *seed = g_ptr_array_index(fuzz_seeds, i);
        const struct digests *of_seed = &g_array_index(known, struct digests, i);
        gboolean same = size == seed->size && memcmp(data, seed->data, size) == 0;

        for (size_t k = 0; k < G_N_ELEMENTS(launches); k++) {
            const struct cvmdom_digest *one = &digests->of[k], *other = &of_seed->of[k];

            g_assert_true(one->size == 0 || other->size == 0 ||
                          same == (memcmp(one->bytes, other->bytes, one->size) == 0));
        }
    }
}

gboolean
fuzz_firmware(const uint8_t *data, size_t size)
{
    cvmdom_error *error = NULL;
    cvmdom_firmware *firmware = cvmdom_firmware_parse("x", data, size, &error);
    struct digests digests;
    unsigned count;

    if (!firmware) {
        return fuzz_refuse(error);
    }
    check_facts(firmware, data, size);
    count = measure(firmware, &digests);
    if (digests.of[4].size > 0) {
        check_sections(firmware, size);
    }
    compare(data, size, &digests);
    cvmdom_firmware_free(firmware);
    return count > 0;
}

/* ---- an SVSM below an image ---- */

static cvmdom_firmware *above;

void
fuzz_make_svsms(void)
{
    struct builder *builder = g_new0(struct builder, 1);

    g_assert_true(build_known(builder, "amdsev"));
    above = cvmdom_firmware_parse("firmware", builder->data, sizeof(builder->data), NULL);
    g_assert_nonnull(above);
    start(builder);
    ADD(builder, SVSM, 0x800);
    ADD(builder, METADATA, 1024);
    PUT_SECTIONS(builder, 0x800000, 0x2000, 1, 0x802000, 0x1000, 2, 0x803000, 0x1000, 3, 0x804000,
                 0x1000, 4);
    finish(builder);
    fuzz_add("svsm", builder->data, sizeof(builder->data))->focus =
        (struct fuzz_range){ IMAGE_SIZE - 448, IMAGE_SIZE };
    g_free(builder);
}

void
fuzz_drop_svsms(void)
{
    g_clear_pointer(&above, cvmdom_firmware_free);
}

gboolean
fuzz_svsm(const uint8_t *data, size_t size)
{
    const struct launch how = { "sev-snp", FALSE, CVMDOM_VMM_SVSM };
    struct cvmdom_launch launch = make_launch(&how);
    struct cvmdom_digest digest;
    cvmdom_error *error = NULL;

    launch.svsm = fuzz_file(0, data, size);
    launch.vars_size = 0x4000;
    return cvmdom_launch_digest(&launch, above, NULL, NULL, &digest, &error) < 0
               ? fuzz_refuse(error)
               : TRUE;
}
