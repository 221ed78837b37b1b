/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is read out of logs; tests/logs holds samples. */
#include <string.h>

#include "messages/messages.h"
#include "unit.h"
#include "util/file.h"

static char *
read_sample(const char *name, size_t *size)
{
    g_autofree char *relative = g_build_filename("tests/logs", name, NULL);
    g_autofree char *path = unit_source_path(relative);
    char *data;

    ck_assert_int_eq(cvm_file_read(path, 1 << 20, &data, size, NULL), 0);
    return data;
}

static void
check_sample(const char *name, guint64 line, const char *id)
{
    size_t size;
    g_autofree char *data = read_sample(name, &size);
    CVM_AUTO(diagnosis) *diagnosis = cvm_log_diagnose(data, size);

    if (g_str_equal(id, "-")) {
        ck_assert_msg(diagnosis->message == NULL, "%s: %s", name,
                      diagnosis->message ? diagnosis->message->id : "");
        ck_assert_uint_eq(diagnosis->lines->len, 0);
        return;
    }
    ck_assert_msg(diagnosis->message != NULL, "%s: nothing found", name);
    ck_assert_msg(g_str_equal(diagnosis->message->id, id), "%s: %s", name, diagnosis->message->id);
    ck_assert_uint_eq(
        g_array_index(diagnosis->lines, struct cvm_log_line, diagnosis->chosen).number, line);
}

START_TEST(test_samples)
{
    size_t size;
    g_autofree char *table = read_sample("expected", &size);
    g_auto(GStrv) rows = g_strsplit(table, "\n", 0);
    unsigned count = 0;

    for (char **row = rows; *row; row++) {
        g_auto(GStrv) words = g_strsplit(*row, " ", 0);

        if (**row && **row != '#') {
            ck_assert_uint_eq(g_strv_length(words), 3);
            check_sample(words[0], g_ascii_strtoull(words[1], NULL, 10), words[2]);
            count++;
        }
    }
    ck_assert_uint_gt(count, 40);
}
END_TEST

static void
check_cause(const char *name, const char *cause, const char *note)
{
    size_t size;
    g_autofree char *data = read_sample(name, &size);
    CVM_AUTO(diagnosis) *diagnosis = cvm_log_diagnose(data, size);
    gboolean found = note == NULL;

    ck_assert_msg(strstr(diagnosis->cause, cause) != NULL, "%s: %s", name, diagnosis->cause);
    for (unsigned i = 0; i < diagnosis->notes->len; i++) {
        found |= note && strstr(g_ptr_array_index(diagnosis->notes, i), note);
    }
    ck_assert_msg(found, "%s: no note '%s'", name, note);
}

/* Command line and versions make the text more exact. */
START_TEST(test_sharpened)
{
    check_cause("01-snp-policy-of-sev.txt", "policy 0x7: bit 17 is clear", "EINVAL");
    check_cause("01-snp-policy-migrate-ma.txt", "0x70000 because of these bits: migrate-ma",
                "smt,reserved,migrate-ma");
    check_cause("05-es-unavailable.txt", "SEV-ES (bit 2)", "share the ASIDs");
    check_cause("06-no-free-asid.txt", "No ASID is free", "SEV-SNP guest");
    check_cause("08-memory-not-locked.txt", "has no <locked/>", NULL);
    check_cause("08-hard-limit-too-small.txt", "although <locked/> is set", NULL);
    check_cause("09-sev-device-missing.txt", "from <qemu:commandline>", NULL);
    check_cause("10-cbitpos.txt", "the C-bit is 47, and this host's is 51", NULL);
    check_cause("13-session-is-a-path.txt", "wrong size", "INVALID_LEN");
    check_cause("19-passed-through-device.txt", "passed-through", "QEMU 9.1.2");
    check_cause("20-old-kernel.txt", "Linux 6.1.0, is too old", NULL);
    check_cause("20-firmware-init.txt", "INVALID_CONFIG (3)", NULL);
}
END_TEST

START_TEST(test_last_start_counts)
{
    size_t size;
    g_autofree char *data = read_sample("failed-then-runs.txt", &size);
    CVM_AUTO(diagnosis) *diagnosis = cvm_log_diagnose(data, size);

    ck_assert_ptr_null(diagnosis->message);
    ck_assert_uint_eq(diagnosis->attempts, 2);
    ck_assert_uint_eq(diagnosis->earlier, 35);
    ck_assert_uint_eq(diagnosis->start.line, 38);
    ck_assert_uint_eq(diagnosis->start.policy, 0x30000);
    ck_assert(diagnosis->start.snp && !diagnosis->start.sev && diagnosis->start.rom);
}
END_TEST

/* A sample cut at every byte, and with every byte made a NUL: no crash, and nothing unprintable. */
START_TEST(test_damaged_logs)
{
    size_t size;
    g_autofree char *data = read_sample("01-snp-policy-of-sev.txt", &size);

    for (size_t cut = 0; cut <= size; cut += 7) {
        g_autofree char *part = g_memdup2(data, cut);
        CVM_AUTO(diagnosis) *diagnosis = cvm_log_diagnose(part, cut);
        CVM_AUTO(diagnosis) *whole = NULL;

        (void)diagnosis;
        if (cut < size) {
            char kept = data[cut];

            data[cut] = '\0';
            whole = cvm_log_diagnose(data, size);
            data[cut] = kept;
        }
    }
}
END_TEST

/* Check's own limit of time is the bound. */
START_TEST(test_hostile_logs)
{
    static const struct {
        const char *fill;
        size_t size;
    } logs[] = {
        /* one line */
        { "a", 10 << 20 },
        { "SEV: ", 10 << 20 },
        { "'", 10 << 20 },
        { "\xff\xfe", 10 << 20 },
        { "PCI device ", 10 << 20 },
        { "cannot limit locked memory of process 1 to ", 10 << 20 },
        { "ret=-22 ", 10 << 20 },
        { "\033[2J", 10 << 20 },
        /* many */
        { "\n", 10 << 20 },
        { "a\n", 10 << 20 },
        { "a few words \\\n", 1 << 20 },
        { "NUMA node 1 is unavailable\n", 1 << 20 },
        { "error: Failed to start domain x\n", 1 << 20 },
        { "starting up libvirt version: 1.2.3\n", 1 << 20 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(logs); i++) {
        g_autofree char *data = g_malloc(logs[i].size);
        size_t length = strlen(logs[i].fill);
        CVM_AUTO(diagnosis) *diagnosis = NULL;

        for (size_t at = 0; at < logs[i].size; at++) {
            data[at] = logs[i].fill[at % length];
        }
        diagnosis = cvm_log_diagnose(data, logs[i].size);
        ck_assert_uint_le(diagnosis->lines->len, 64);
    }
}
END_TEST

START_TEST(test_nothing_unprintable_comes_out)
{
    const char line[] = "\033]0;x\007 NUMA node 1 is unavailable\0\xff; network '\033[31m\xc2\x9b"
                        "a' is not active\n";
    CVM_AUTO(diagnosis) *diagnosis = cvm_log_diagnose(line, sizeof(line) - 1);
    const char *text = g_array_index(diagnosis->lines, struct cvm_log_line, 0).text;

    ck_assert(g_utf8_validate(text, -1, NULL));
    ck_assert(g_utf8_validate(diagnosis->cause, -1, NULL));
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        ck_assert(!g_unichar_iscntrl(g_utf8_get_char(at)));
    }
    ck_assert_ptr_nonnull(strstr(text, "is not active")); /* a NUL ends no line */
}
END_TEST

UNIT_MAIN("logs", test_samples, test_sharpened, test_last_start_counts, test_damaged_logs,
          test_hostile_logs, test_nothing_unprintable_comes_out)
