/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests share that hold launch digests against what other programs computed: files of the
 * folder that CVMDOM_TEST_MEASURE_DATA names, and a count of what ran. */
#ifndef CVM_TESTS_DIGEST_DATA_H
#define CVM_TESTS_DIGEST_DATA_H

#include <string.h>

#include "attest/digest.h"
#include "unit.h"

static const char *folder;

/* ---- files ---- */

static inline char *
data_path(const char *name)
{
    return g_path_is_absolute(name) ? g_strdup(name) : g_build_filename(folder, name, NULL);
}

static inline char *
read_text(const char *name)
{
    g_autofree char *path = data_path(name);
    char *text = NULL;

    ck_assert_msg(g_file_get_contents(path, &text, NULL, NULL), "no file '%s'", path);
    return text;
}

/* The lines of a file, without the first one, which names the columns. */
static inline char **
read_lines(const char *name)
{
    g_autofree char *text = read_text(name);
    char **lines = g_strsplit(g_strchomp(text), "\n", -1);

    ck_assert_ptr_nonnull(lines[0]);
    g_free(lines[0]);
    memmove(lines, lines + 1, g_strv_length(lines + 1) * sizeof(*lines) + sizeof(*lines));
    return lines;
}

static inline char *
to_hex(const uint8_t *bytes, size_t size)
{
    GString *hex = g_string_new(NULL);

    for (size_t i = 0; i < size; i++) {
        g_string_append_printf(hex, "%02x", bytes[i]);
    }
    return g_string_free(hex, FALSE);
}

/* NULL where it is not there, or is another one than it was. */
static inline cvmdom_firmware *
find_firmware(const char *name, const char *sha256)
{
    g_autofree char *path = data_path(name), *is = NULL;
    cvmdom_firmware *firmware = cvmdom_firmware_read(path, NULL);
    const unsigned char *data;
    size_t size;

    if (firmware && sha256) {
        data = cvmdom_firmware_data(firmware, &size);
        is = g_compute_checksum_for_data(G_CHECKSUM_SHA256, data, size);
        if (!g_str_equal(is, sha256)) {
            g_clear_pointer(&firmware, cvmdom_firmware_free);
        }
    }
    return firmware;
}

/* ---- counting ---- */

struct count {
    const char *file;
    unsigned ran, skipped;
};

static inline void
skip_row(struct count *count, const char *id, const char *reason)
{
    printf("%s: %s skipped: %s\n", count->file, id, reason);
    count->skipped++;
}

static inline void
report(const struct count *count)
{
    printf("%s: %u ran, %u skipped\n", count->file, count->ran, count->skipped);
    ck_assert_uint_gt(count->ran, 0);
}

/* ---- launches ---- */

/* A row's launch, and what it borrows from. */
struct row {
    struct cvmdom_launch launch;
    cvmdom_firmware *firmware;
    char *kernel, *initrd, *cmdline, *svsm;
};

static inline void
clear_row(struct row *row)
{
    cvmdom_firmware_free(row->firmware);
    g_free(row->kernel);
    g_free(row->initrd);
    g_free(row->cmdline);
    g_free(row->svsm);
}

static inline void
finish_row(struct row *row)
{
    row->launch.kernel = row->kernel;
    row->launch.kernel_hashes = row->kernel != NULL;
    row->launch.initrd = row->initrd;
    row->launch.cmdline = row->cmdline;
    row->launch.svsm = row->svsm;
    row->launch.firmware = cvmdom_firmware_name(row->firmware);
}

/* What of inputs/ is booted: "kernel.bin only", "kernel.bin initrd.bin cmdline.txt", "-". */
static inline void
set_boot(struct row *row, const char *boot)
{
    if (!g_str_equal(boot, "-")) {
        row->kernel = data_path("inputs/kernel.bin");
    }
    if (strstr(boot, "initrd.bin")) {
        row->initrd = data_path("inputs/initrd.bin");
    }
    if (strstr(boot, "cmdline.txt")) {
        row->cmdline = read_text("inputs/cmdline.txt");
    }
}

/* The main() of such a test. */
#define DIGEST_DATA_MAIN(name, ...)                                                                \
    static int run_suite(void);                                                                    \
    int main(void)                                                                                 \
    {                                                                                              \
        folder = g_getenv("CVMDOM_TEST_MEASURE_DATA");                                             \
        return folder ? run_suite() : 77;                                                          \
    }                                                                                              \
    static UNIT_RUNNER(run_suite, name, __VA_ARGS__)

#endif
