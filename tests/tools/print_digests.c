/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Computes the launch digests of a table: `print_digests FOLDER <TABLE`, where TABLE has the
 * columns of tests/tools/launch_digests.py and FOLDER the files it names. Prints id and digest of
 * each row, or "error"; then the same for each step, with what it says of itself. */
#include <stdio.h>
#include <string.h>

#include <glib.h>

#include "cvmdom/attest.h"

enum column {
    ID,
    GUEST,
    VMM,
    VMSA,
    VCPUS,
    SIGNATURE,
    FEATURES,
    FIRMWARE,
    KERNEL,
    INITRD,
    CMDLINE,
    SVSM,
    VARS_SIZE,
    COLUMNS
};

static const char *folder;

static char *
to_path(const char *name)
{
    return g_str_equal(name, "-") ? NULL : g_build_filename(folder, name, NULL);
}

static int
find(const char *const *words, const char *word)
{
    for (int i = 0; words[i]; i++) {
        if (g_str_equal(words[i], word)) {
            return i;
        }
    }
    return -1;
}

static void
print_bytes(const struct cvmdom_digest *digest)
{
    for (size_t i = 0; i < digest->size; i++) {
        printf("%02x", digest->bytes[i]);
    }
    if (digest->size == 0) {
        printf("-");
    }
}

static void
print_step(const struct cvmdom_measure_step *step, void *id)
{
    printf("%s/%s\t%#" G_GINT64_MODIFIER "x\t%" G_GUINT64_FORMAT "\t%" G_GUINT64_FORMAT "\t",
           (const char *)id, step->kind, step->has_address ? step->address : 0, step->size,
           step->count);
    print_bytes(&step->contents);
    printf("\t");
    print_bytes(&step->digest);
    printf("\n");
}

/* One without debugging that each kind of guest can have. */
static uint64_t
policy_of(const char *guest)
{
    return g_str_equal(guest, "sev-snp") ? 0x30000 : g_str_equal(guest, "sev-es") ? 0x7 : 0x3;
}

static void
print_row(char **row)
{
    static const char *const vmms[] = { "qemu", "ec2", "gce", "svsm", NULL };
    static const char *const vmsas[] = { "default", "legacy", "fpu", NULL };
    g_autofree char *firmware_path = to_path(row[FIRMWARE]), *kernel = to_path(row[KERNEL]),
                    *initrd = to_path(row[INITRD]), *svsm = to_path(row[SVSM]);
    struct cvmdom_launch launch = {
        .guest = row[GUEST],
        .has_policy = TRUE,
        .policy = policy_of(row[GUEST]),
        .has_nvram = !g_str_equal(row[GUEST], "sev-snp"), /* so it is flash, of any size */
        .firmware = firmware_path,
        .kernel_hashes = kernel != NULL,
        .kernel = kernel,
        .initrd = initrd,
        .cmdline = g_str_equal(row[CMDLINE], "-") ? NULL : row[CMDLINE],
        .vcpus = g_ascii_strtoull(row[VCPUS], NULL, 0),
        .signature = (uint32_t)g_ascii_strtoull(row[SIGNATURE], NULL, 0),
        .features = g_ascii_strtoull(row[FEATURES], NULL, 0),
        .vmsa = find(vmsas, row[VMSA]),
        .vmm = find(vmms, row[VMM]),
        .svsm = svsm,
        .vars_size = g_ascii_strtoull(row[VARS_SIZE], NULL, 0),
    };
    cvmdom_error *error = NULL;
    cvmdom_firmware *firmware = cvmdom_firmware_read(firmware_path, &error);
    struct cvmdom_digest digest, again;

    if (!firmware ||
        cvmdom_launch_digest(&launch, firmware, print_step, row[ID], &digest, &error) < 0) {
        printf("%s\terror\n", row[ID]);
        fprintf(stderr, "%s: %s\n", row[ID], cvmdom_error_message(error));
    } else {
        if (cvmdom_launch_digest(&launch, firmware, NULL, NULL, &again, NULL) < 0 ||
            again.size != digest.size || memcmp(again.bytes, digest.bytes, digest.size) != 0) {
            fprintf(stderr, "%s: another digest when nobody looks on\n", row[ID]);
            exit(EXIT_FAILURE);
        }
        printf("%s\t", row[ID]);
        print_bytes(&digest);
        printf("\n");
    }
    cvmdom_error_free(error);
    cvmdom_firmware_free(firmware);
}

int
main(int argc, char **argv)
{
    char line[4096];

    if (argc != 2) {
        fprintf(stderr, "usage: print_digests FOLDER <TABLE\n");
        return EXIT_FAILURE;
    }
    folder = argv[1];
    while (fgets(line, sizeof(line), stdin)) {
        g_auto(GStrv) row = g_strsplit(g_strchomp(line), "\t", -1);

        if (line[0] != '#' && g_strv_length(row) >= COLUMNS) {
            print_row(row);
        }
    }
    return EXIT_SUCCESS;
}
