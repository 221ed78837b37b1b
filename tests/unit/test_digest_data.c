/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Holds launch digests against what other programs computed, where CVMDOM_TEST_MEASURE_DATA names a
 * folder that has it. Skipped without. Firmware that the folder only names counts where it is there
 * and has the SHA-256 that it had; the log says how many rows ran, and which did not and why. Most
 * images there are the last page of one, which QEMU would not load: what validates launches is left
 * out. */
#include <jansson.h>
#include <unistd.h>

#include "digest_data.h"

static void
check_row(const char *id, const struct row *row, const char *expected)
{
    struct cvmdom_digest digest;
    cvmdom_error *error = NULL;
    int result = attest_launch_digest(&row->launch, row->firmware, NULL, NULL, &digest, &error);

    if (!expected) {
        ck_assert_msg(result < 0, "%s: has a digest", id);
    } else {
        g_autofree char *hex = NULL;

        ck_assert_msg(result == 0, "%s: %s", id, error ? cvmdom_error_message(error) : "?");
        hex = to_hex(digest.bytes, digest.size);
        ck_assert_msg(g_str_equal(hex, expected), "%s: %s instead of %s", id, hex, expected);
    }
    cvmdom_error_free(error);
}

static int
find_vmm(const char *name)
{
    return g_ascii_strncasecmp(name, "ec2", 3) == 0   ? CVMDOM_VMM_EC2
           : g_ascii_strncasecmp(name, "gce", 3) == 0 ? CVMDOM_VMM_GCE
                                                      : CVMDOM_VMM_QEMU;
}

static uint64_t
to_number(const char *text)
{
    return g_ascii_strtoull(text, NULL, 0);
}

/* "EPYC-Milan 0xa00f11", "family 23 model 1 stepping 2", "-". */
static uint32_t
find_signature(const char *text)
{
    const char *hex = strstr(text, "0x");
    unsigned family, model, stepping;

    if (sscanf(text, "family %u model %u stepping %u", &family, &model, &stepping) == 3) {
        return cvmdom_cpu_signature(family, model, stepping);
    }
    return hex ? (uint32_t)to_number(hex) : 0;
}

/* ---- launch-digests.tsv ---- */

enum {
    RUN_ID,
    RUN_MODE,
    RUN_VCPUS,
    RUN_CPU,
    RUN_VMM,
    RUN_FEATURES,
    RUN_FIRMWARE,
    RUN_SHA256,
    RUN_BOOT,
    RUN_EXPECTED,
    RUN_BY,
    RUN_COLUMNS
};

static void
set_run_mode(struct row *row, char **columns)
{
    const char *mode = columns[RUN_MODE];
    gboolean es = g_str_has_prefix(mode, "sev-es");

    row->launch.guest = es ? "sev-es" : g_str_has_prefix(mode, "snp") ? "sev-snp" : "sev";
    row->launch.vmsa =
        es ? (strstr(mode, "legacy") ? CVMDOM_VMSA_LEGACY : CVMDOM_VMSA_FPU) : CVMDOM_VMSA_DEFAULT;
    row->launch.vcpus = to_number(columns[RUN_VCPUS]);
    row->launch.signature = find_signature(columns[RUN_CPU]);
    row->launch.features = to_number(columns[RUN_FEATURES]);
    row->launch.vmm = find_vmm(columns[RUN_VMM]);
    if (g_str_has_prefix(mode, "snp:svsm")) {
        row->launch.vmm = CVMDOM_VMM_SVSM;
        row->svsm = data_path("inputs/svsm.bin");
        row->launch.vars_size = 540672;
    }
}

/* Those of sev-snp-measure's fixtures would be in inputs/. */
static char *
run_firmware_name(const char *column)
{
    const char *fixture = strstr(column, "fixtures/");

    return fixture ? g_strdup("inputs/svsm_ovmf.fd") : g_strdup(column);
}

static void
run_one(struct count *count, char **columns)
{
    g_autofree char *firmware = run_firmware_name(columns[RUN_FIRMWARE]);
    struct row row = { .firmware = find_firmware(firmware, columns[RUN_SHA256]) };
    gboolean wrong = strstr(columns[RUN_MODE], "WRONG BY DESIGN") != NULL;

    if (!row.firmware) {
        skip_row(count, columns[RUN_ID], "the firmware is not there, or another one");
        return;
    }
    set_run_mode(&row, columns);
    set_boot(&row, columns[RUN_BOOT]);
    finish_row(&row);
    check_row(columns[RUN_ID], &row, wrong ? NULL : columns[RUN_EXPECTED]);
    count->ran++;
    clear_row(&row);
}

START_TEST(test_runs)
{
    g_auto(GStrv) lines = read_lines("launch-digests.tsv");
    struct count count = { .file = "launch-digests.tsv" };

    for (char **line = lines; *line; line++) {
        g_auto(GStrv) columns = g_strsplit(*line, "\t", -1);

        ck_assert_uint_eq(g_strv_length(columns), RUN_COLUMNS);
        if (g_str_equal(columns[RUN_MODE], "snp firmware-only digest")) {
            skip_row(&count, columns[RUN_ID], "it is the first step of others, in gctx-steps.json");
        } else if (strstr(columns[RUN_VMM], "rdx 0)")) {
            skip_row(&count, columns[RUN_ID], "test_digest_data_pages has it");
        } else {
            run_one(&count, columns);
        }
    }
    report(&count);
}
END_TEST

/* ---- published-sev-snp-measure.tsv ---- */

enum {
    PUBLISHED_TEST,
    PUBLISHED_MODE,
    PUBLISHED_VCPUS,
    PUBLISHED_SIGNATURE,
    PUBLISHED_VMM,
    PUBLISHED_FEATURES,
    PUBLISHED_FIRMWARE,
    PUBLISHED_KERNEL,
    PUBLISHED_INITRD,
    PUBLISHED_CMDLINE,
    PUBLISHED_SEED,
    PUBLISHED_SVSM,
    PUBLISHED_VARS_SIZE,
    PUBLISHED_EXPECTED,
    PUBLISHED_COLUMNS
};

static char *empty_file;

/* /dev/null, which is no regular file, stands for one that is empty. */
static char *
published_file(const char *column)
{
    return g_str_equal(column, "-") ? NULL : g_strdup(empty_file);
}

/* SEV-ES takes no features there, and an SVSM always 1. */
static uint64_t
published_features(char **columns)
{
    return g_str_equal(columns[PUBLISHED_MODE], "SEV_SNP")
               ? to_number(columns[PUBLISHED_FEATURES])
               : g_str_equal(columns[PUBLISHED_MODE], "SEV_SNP_SVSM");
}

static void
set_published(struct row *row, char **columns)
{
    const char *mode = columns[PUBLISHED_MODE], *cmdline = columns[PUBLISHED_CMDLINE];

    row->launch = (struct cvmdom_launch){
        .guest = g_str_has_prefix(mode, "SEV_SNP") ? "sev-snp"
                 : g_str_equal(mode, "SEV_ES")     ? "sev-es"
                                                   : "sev",
        .vcpus = to_number(columns[PUBLISHED_VCPUS]),
        .signature = find_signature(columns[PUBLISHED_SIGNATURE]),
        .features = published_features(columns),
        .vmsa = g_str_equal(mode, "SEV_ES") ? CVMDOM_VMSA_FPU : CVMDOM_VMSA_DEFAULT,
        .vmm = find_vmm(columns[PUBLISHED_VMM]),
        .vars_size = to_number(columns[PUBLISHED_VARS_SIZE]),
    };
    if (g_str_equal(mode, "SEV_SNP_SVSM")) {
        row->launch.vmm = CVMDOM_VMM_SVSM;
        row->svsm = data_path("inputs/svsm.bin");
    }
    row->kernel = published_file(columns[PUBLISHED_KERNEL]);
    row->initrd = published_file(columns[PUBLISHED_INITRD]);
    if (cmdline[0] == '\'') {
        row->cmdline = g_strndup(cmdline + 1, strlen(cmdline) - 2);
    }
    finish_row(row);
}

START_TEST(test_published)
{
    g_auto(GStrv) lines = read_lines("published-sev-snp-measure.tsv");
    struct count count = { .file = "published-sev-snp-measure.tsv" };
    int fd = g_file_open_tmp("cvm-digest-XXXXXX", &empty_file, NULL);

    ck_assert_int_ge(fd, 0);
    close(fd);
    for (char **line = lines; *line; line++) {
        g_auto(GStrv) columns = g_strsplit(*line, "\t", -1);
        g_autofree char *name = NULL;
        struct row row = { 0 };

        ck_assert_uint_eq(g_strv_length(columns), PUBLISHED_COLUMNS);
        name = g_strconcat("inputs/", columns[PUBLISHED_FIRMWARE], NULL);
        row.firmware = find_firmware(name, NULL);
        if (!row.firmware) {
            skip_row(&count, columns[PUBLISHED_TEST], "the firmware is not there");
            continue;
        }
        set_published(&row, columns);
        check_row(columns[PUBLISHED_TEST], &row,
                  g_str_has_prefix(columns[PUBLISHED_EXPECTED], "ERROR")
                      ? NULL
                      : columns[PUBLISHED_EXPECTED]);
        count.ran++;
        clear_row(&row);
    }
    unlink(empty_file);
    g_free(empty_file);
    report(&count);
}
END_TEST

/* ---- gctx-steps.json ---- */

struct steps {
    const char *id;
    json_t *expected; /* array */
    size_t at;
};

static void
check_step(const struct cvmdom_measure_step *step, void *payload)
{
    struct steps *steps = payload;
    json_t *expected;
    const char *address;
    g_autofree char *hex = to_hex(step->digest.bytes, step->digest.size);

    if (step->digest.size == 0) {
        return;
    }
    steps->at += step->count; /* there, each vCPU is a step */
    expected = json_array_get(steps->expected, steps->at - 1);
    ck_assert_msg(expected, "%s: too many steps", steps->id);
    ck_assert_str_eq(hex, json_string_value(json_object_get(expected, "ld")));
    address = json_string_value(json_object_get(expected, "gpa"));
    if (address) {
        ck_assert(step->has_address);
        ck_assert_uint_eq(step->address, to_number(address));
        ck_assert_uint_eq(step->size,
                          (uint64_t)json_integer_value(json_object_get(expected, "size")));
    } else {
        ck_assert_str_eq(step->kind, "vmsa");
        ck_assert_uint_eq(step->size, ATTEST_PAGE_SIZE * step->count);
    }
}

/* "debian OVMF.fd qemu 4 vcpus EPYC-Milan features 0x1" */
static gboolean
set_steps_row(struct row *row, const char *id)
{
    const char *vcpus = strstr(id, " vcpus");

    row->firmware = g_str_has_prefix(id, "debian")
                        ? find_firmware("/usr/share/ovmf/OVMF.fd",
                                        "7b456907dd0786d415999e801a1ac4637b8ed4d7cf5378cfc6edbe5e57"
                                        "4dd773")
                        : find_firmware("inputs/ovmf_AmdSev_suffix.bin", NULL);
    if (!row->firmware) {
        return FALSE;
    }
    ck_assert_ptr_nonnull(vcpus);
    row->launch = (struct cvmdom_launch){
        .guest = "sev-snp",
        .vcpus = to_number(vcpus - 1),
        .signature = 0xa00f11,
        .features = 1,
        .vmm = strstr(id, " ec2 ")   ? CVMDOM_VMM_EC2
               : strstr(id, " gce ") ? CVMDOM_VMM_GCE
                                     : CVMDOM_VMM_QEMU,
    };
    if (strstr(id, "kernel+initrd+cmdline")) {
        set_boot(row, "initrd.bin cmdline.txt");
    }
    finish_row(row);
    return TRUE;
}

START_TEST(test_steps)
{
    g_autofree char *text = read_text("gctx-steps.json");
    json_t *cases = json_loads(text, 0, NULL), *item;
    struct count count = { .file = "gctx-steps.json" };
    const char *id;

    json_object_foreach(cases, id, item)
    {
        struct steps steps = { id, json_object_get(item, "steps"), 0 };
        struct cvmdom_digest digest;
        struct row row = { 0 };

        if (!set_steps_row(&row, id)) {
            skip_row(&count, id, "the firmware is not there, or another one");
            continue;
        }
        ck_assert_int_eq(
            attest_launch_digest(&row.launch, row.firmware, check_step, &steps, &digest, NULL), 0);
        ck_assert_uint_eq(steps.at, json_array_size(steps.expected));
        check_row(id, &row, json_string_value(json_object_get(item, "launch_digest")));
        count.ran++;
        clear_row(&row);
    }
    json_decref(cases);
    report(&count);
}
END_TEST

DIGEST_DATA_MAIN("digest_data", test_runs, test_published, test_steps)
