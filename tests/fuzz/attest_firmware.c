/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Firmware images, and the digests of what is accepted. Files: images of make_ovmf.py. */
#include <string.h>

#include "attest.h"
#include "util/bytes.h"
#include "util/guid.h"

/* ---- what QEMU finds (hw/i386/pc_sysfw_ovmf.c), written a second time ---- */

#define FOOTER "96b582de-1fb2-45f7-baea-a366c55a082d"
#define RESET "00f771de-1a7e-4fcb-890e-68c77e2fb44e"
#define HASHES "7255371f-3a3b-4b04-927b-1da6efa8d454"
#define METADATA "dc886566-984a-4798-a75e-5585a7bf67cc"

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

static void
set_up_firmware(char **files)
{
    g_assert_nonnull(*files);
    kernel = *files;
    for (; *files; files++) {
        size_t size;
        g_autofree unsigned char *data = fuzz_read(*files, &size);
        cvmdom_firmware *firmware = cvmdom_firmware_parse(*files, data, size, NULL);
        struct fuzz_seed *seed = fuzz_add(*files, data, size);
        struct digests *digests = g_new0(struct digests, 1);

        seed->focus = (struct fuzz_range){ size - MIN(size, 448), size };
        seed->accepted = firmware && measure(firmware, digests) > 0;
        seed->details = digests;
        cvmdom_firmware_free(firmware);
    }
}

/* Bytes that were changed change every digest. */
static void
compare(const struct fuzz_seed *seed, const struct digests *digests)
{
    const struct digests *before = seed->details;

    for (size_t i = 0; i < G_N_ELEMENTS(launches); i++) {
        g_assert_true(digests->of[i].size == 0 || before->of[i].size == 0 ||
                      memcmp(digests->of[i].bytes, before->of[i].bytes, digests->of[i].size) != 0);
    }
}

static gboolean
attempt_firmware(const struct fuzz_seed *seed, const unsigned char *data, size_t size)
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
    if (size != seed->size || memcmp(data, seed->data, size) != 0) {
        compare(seed, &digests);
    }
    cvmdom_firmware_free(firmware);
    return count > 0;
}

const struct fuzz_target fuzz_firmware = {
    .name = "firmware",
    .set_up = set_up_firmware,
    .attempt = attempt_firmware,
};

/* ---- an SVSM below an image: files are the image and the SVSMs ---- */

static cvmdom_firmware *above;

static gboolean
attempt_svsm(const struct fuzz_seed *seed G_GNUC_UNUSED, const unsigned char *data, size_t size)
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

static void
set_up_svsm(char **files)
{
    size_t size;
    g_autofree unsigned char *data = fuzz_read(files[0], &size);

    above = cvmdom_firmware_parse("firmware", data, size, NULL);
    g_assert_nonnull(above);
    while (*++files) {
        g_autofree unsigned char *svsm = fuzz_read(*files, &size);

        fuzz_add(*files, svsm, size)->focus = (struct fuzz_range){ size - MIN(size, 448), size };
    }
}

static void
tear_down_svsm(void)
{
    cvmdom_firmware_free(above);
}

const struct fuzz_target fuzz_svsm = {
    .name = "svsm",
    .set_up = set_up_svsm,
    .attempt = attempt_svsm,
    .tear_down = tear_down_svsm,
};
