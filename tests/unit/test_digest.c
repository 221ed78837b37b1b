/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What has no launch digest, and what is told of the steps to one. That digests are right is held
 * by tests/digests.sh. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attest/digest.h"
#include "image_fixture.h"

#define SECTIONS                                                                                   \
    {                                                                                              \
        { 0x800000, 0x9000, 1 }, { 0x80d000, 0x1000, 2 }, { 0x80e000, 0x1000, 3 },                 \
            { 0x80f000, 0x1000, 4 }, { 0x810000, 0x1000, 16 },                                     \
        {                                                                                          \
            0x811000, 0xf000, 1                                                                    \
        }                                                                                          \
    }

static const struct image_parts good_parts = {
    .reset = 0x80b004,
    .hashes = 0x810c00,
    .hashes_size = 0x400,
    .sections = SECTIONS,
};

/* The processor's signature of EPYC-Milan. */
static const struct cvmdom_launch good_launch = {
    .guest = "sev-snp",
    .has_policy = TRUE,
    .policy = 0x30000,
    .vcpus = 2,
    .signature = 0xa00f11,
    .features = 1,
};

static char *folder;

static char *
make_file(const char *name, const void *data, size_t size)
{
    char *path = g_build_filename(folder, name, NULL);

    ck_assert(g_file_set_contents(path, data, (gssize)size, NULL));
    return path;
}

static void
remove_folder(void)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        g_remove(path);
    }
    g_dir_close(dir);
    g_rmdir(folder);
    g_clear_pointer(&folder, g_free);
}

static void
nothing(const struct cvmdom_measure_step *step G_GNUC_UNUSED, void *payload G_GNUC_UNUSED)
{
}

/* There is none, and a sentence why; what the caller has stays. Of the error, the code is that of
 * the calculation, which does not rely on a launch having been validated. */
static void
check_refused(const char *what, const struct cvmdom_launch *launch, const cvmdom_firmware *firmware,
              int code)
{
    struct cvmdom_digest digest, before;
    cvmdom_error *error = NULL;

    memset(&digest, 0xa5, sizeof(digest));
    before = digest;
    ck_assert_msg(attest_launch_digest(launch, firmware, nothing, NULL, &digest, &error) == -1,
                  "%s: has a digest", what);
    ck_assert_msg(error, "%s: no error", what);
    ck_assert_msg((int)cvmdom_error_code(error) == code, "%s: %s", what,
                  cvmdom_error_message(error));
    ck_assert_msg(strlen(cvmdom_error_message(error)) > 20, "%s", what);
    cvmdom_error_free(error);
    ck_assert_int_eq(attest_launch_digest(launch, firmware, NULL, NULL, &digest, NULL), -1);
    ck_assert_int_eq(cvmdom_launch_digest(launch, firmware, nothing, NULL, &digest, NULL), -1);
    ck_assert_mem_eq(&digest, &before, sizeof(digest));
}

static void
check_accepted(const char *what, const struct cvmdom_launch *launch,
               const cvmdom_firmware *firmware)
{
    struct cvmdom_digest digest;
    cvmdom_error *error = NULL;
    int result = cvmdom_launch_digest(launch, firmware, NULL, NULL, &digest, &error);

    ck_assert_msg(result == 0, "%s: %s", what, error ? cvmdom_error_message(error) : "?");
    ck_assert_uint_eq(digest.size, g_str_equal(launch->guest, "sev-snp") ? 48 : 32);
}

/* ---- launches ---- */

#define SEV .guest = "sev", .has_policy = TRUE, .policy = 3
#define CPU .signature = 0xa00f11
#define ES .guest = "sev-es", CPU, .has_policy = TRUE, .policy = 7
#define PLAIN_SNP .guest = "sev-snp", .has_policy = TRUE, .policy = 0x30000
#define SNP PLAIN_SNP, CPU, .features = 1
#define QEMU_SNP SNP, .vcpus = 2

START_TEST(test_launches)
{
    static const struct {
        const char *what;
        gboolean good;
        struct cvmdom_launch launch;
    } cases[] = {
        { "no guest", FALSE, { 0 } },
        { "another guest", FALSE, { .guest = "tdx", .vcpus = 1 } },
        { "SEV", TRUE, { SEV } },
        { "SEV by EC2", FALSE, { SEV, .vmm = CVMDOM_VMM_EC2 } },
        { "SEV-ES", TRUE, { ES, .vcpus = 1 } },
        { "SEV-ES, any vCPUs", TRUE, { ES, .vcpus = 4096 } },
        { "SEV-ES, no vCPUs", FALSE, { ES } },
        { "SEV-ES, too many vCPUs", FALSE, { ES, .vcpus = 4097 } },
        { "SEV-ES, far too many vCPUs", FALSE, { ES, .vcpus = UINT64_MAX } },
        { "SEV-ES, no signature",
          FALSE,
          { .guest = "sev-es", .has_policy = TRUE, .policy = 7, .vcpus = 1 } },
        { "SEV-ES, features of SEV-SNP", FALSE, { ES, .vcpus = 1, .features = 1 } },
        { "SEV-ES, DebugSwap", TRUE, { ES, .vcpus = 1, .features = 0x20 } },
        { "SEV-ES by GCE", FALSE, { ES, .vcpus = 1, .vmm = CVMDOM_VMM_GCE } },
        { "SEV-ES, no such form", FALSE, { ES, .vcpus = 1, .vmsa = 3 } },
        { "SEV-SNP", TRUE, { QEMU_SNP } },
        { "SEV-SNP, no vCPUs", FALSE, { SNP } },
        { "SEV-SNP, too many vCPUs", FALSE, { SNP, .vcpus = 4097 } },
        { "SEV-SNP, no signature", FALSE, { PLAIN_SNP, .vcpus = 1, .features = 1 } },
        { "SEV-SNP, not active", FALSE, { PLAIN_SNP, CPU, .vcpus = 1 } },
        { "SEV-SNP, a flash device", FALSE, { QEMU_SNP, .has_nvram = 1 } },
        { "SEV-SNP, hashes of no kernel", FALSE, { QEMU_SNP, .kernel_hashes = 1 } },
        { "SEV-SNP, no such VMM", FALSE, { QEMU_SNP, .vmm = 4 } },
        { "SEV-SNP, negative VMM", FALSE, { QEMU_SNP, .vmm = -1 } },
        { "SEV-SNP, old FPU", TRUE, { QEMU_SNP, .vmsa = CVMDOM_VMSA_LEGACY } },
        { "EC2", TRUE, { PLAIN_SNP, .vcpus = 2, .features = 1, .vmm = CVMDOM_VMM_EC2 } },
        { "EC2 with an FPU", FALSE, { QEMU_SNP, .vmm = CVMDOM_VMM_EC2, .vmsa = CVMDOM_VMSA_FPU } },
        { "GCE", TRUE, { PLAIN_SNP, .vcpus = 2, .features = 1, .vmm = CVMDOM_VMM_GCE } },
        { "GCE with an FPU", FALSE, { QEMU_SNP, .vmm = CVMDOM_VMM_GCE, .vmsa = CVMDOM_VMSA_FPU } },
        { "SVSM, but none", FALSE, { QEMU_SNP, .vmm = CVMDOM_VMM_SVSM } },
        { "SVSM that is not there",
          FALSE,
          { QEMU_SNP, .vmm = CVMDOM_VMM_SVSM, .vmsa = CVMDOM_VMSA_FPU, .svsm = "/nonexistent" } },
        { "SVSM, other features",
          FALSE,
          { .guest = "sev-snp",
            CPU,
            .vcpus = 1,
            .features = 0x21,
            .vmm = CVMDOM_VMM_SVSM,
            .svsm = "/nonexistent" } },
    };
    cvmdom_firmware *firmware = image_parse(&good_parts);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (cases[i].good) {
            check_accepted(cases[i].what, &cases[i].launch, firmware);
        } else {
            check_refused(cases[i].what, &cases[i].launch, firmware, CVMDOM_ERROR_UNSUPPORTED);
        }
    }
    check_refused("no firmware", &good_launch, NULL, CVMDOM_ERROR_UNSUPPORTED);
    cvmdom_firmware_free(firmware);
}
END_TEST

/* ---- images ---- */

#define REST .reset = 0x80b004, .hashes = 0x810c00, .hashes_size = 0x400
#define ONE(address, size, type) REST, .sections = { { address, size, type } }
#define HASHES(base, size, ...)                                                                    \
    .reset = 0x80b004, .hashes = base, .hashes_size = size, .sections = { __VA_ARGS__ }

/* Each is a firmware for guests of SEV-SNP without kernel, unless kernel says so. */
START_TEST(test_images)
{
    static const struct {
        const char *what;
        gboolean good, kernel;
        struct image_parts parts;
    } cases[] = {
        { "as it should be", TRUE, TRUE, { REST, .sections = SECTIONS } },
        { "half a page too much", FALSE, FALSE, { REST, .size = 0x10800, .sections = SECTIONS } },
        { "no reset address", FALSE, FALSE, { .no_reset = TRUE, .sections = SECTIONS } },
        { "reset address 0", FALSE, FALSE, { .sections = SECTIONS } },
        { "no metadata", FALSE, FALSE, { REST, .no_metadata = TRUE } },
        { "no section", TRUE, FALSE, { REST } },
        { "unknown type", FALSE, FALSE, { ONE(0x800000, 0x1000, 5) } },
        { "type 0", FALSE, FALSE, { ONE(0x800000, 0x1000, 0) } },
        { "large type", FALSE, FALSE, { ONE(0x800000, 0x1000, 0x80000001) } },
        { "no bytes", FALSE, FALSE, { ONE(0x800000, 0, 1), .count = 1 } },
        { "address within a page", FALSE, FALSE, { ONE(0x800010, 0x1000, 1) } },
        { "half a page", FALSE, FALSE, { ONE(0x800000, 0x1800, 1) } },
        { "beyond 4 GiB", FALSE, FALSE, { ONE(0xffffe000, 0x3000, 1) } },
        { "over the firmware", FALSE, FALSE, { ONE(0xfffef000, 0x2000, 1) } },
        { "up to the firmware", TRUE, FALSE, { ONE(0xfffef000, 0x1000, 1) } },
        { "two pages of secrets", FALSE, FALSE, { ONE(0x800000, 0x2000, 2) } },
        { "two pages of CPUID", FALSE, FALSE, { ONE(0x800000, 0x2000, 3) } },
        { "overlap",
          FALSE,
          FALSE,
          { REST, .sections = { { 0x802000, 0x2000, 1 }, { 0x800000, 0x3000, 1 } } } },
        { "twice", FALSE, FALSE, { REST, .sections = { { 0, 0x1000, 2 }, { 0, 0x1000, 3 } } } },
        { "descending",
          TRUE,
          FALSE,
          { REST, .sections = { { 0x802000, 0x2000, 1 }, { 0x800000, 0x2000, 1 } } } },
        { "no area for hashes", FALSE, TRUE, { HASHES(0, 0, { 0x810000, 0x1000, 16 }) } },
        { "small area for hashes",
          FALSE,
          TRUE,
          { HASHES(0x810c00, 175, { 0x810000, 0x1000, 16 }) } },
        { "just enough for hashes",
          TRUE,
          TRUE,
          { HASHES(0x810c00, 176, { 0x810000, 0x1000, 16 }) } },
        { "area to the end of its page",
          TRUE,
          TRUE,
          { HASHES(0x810f50, 176, { 0x810000, 0x1000, 16 }) } },
        { "area across pages", FALSE, TRUE, { HASHES(0x810f51, 0x400, { 0x810000, 0x1000, 16 }) } },
        { "area elsewhere", FALSE, TRUE, { HASHES(0x811c00, 0x400, { 0x810000, 0x1000, 16 }) } },
        { "no section for hashes",
          FALSE,
          TRUE,
          { HASHES(0x810c00, 0x400, { 0x810000, 0x1000, 1 }) } },
        { "large section for hashes",
          FALSE,
          TRUE,
          { HASHES(0x810c00, 0x400, { 0x810000, 0x2000, 16 }) } },
        { "two sections for hashes",
          FALSE,
          TRUE,
          { HASHES(0x810c00, 0x400, { 0x810000, 0x1000, 16 }, { 0x812000, 0x1000, 16 }) } },
    };
    g_autofree char *kernel = make_file("kernel", "kernel", 6);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        cvmdom_firmware *firmware = image_parse(&cases[i].parts);
        struct cvmdom_launch launch = good_launch;

        launch.kernel_hashes = cases[i].kernel;
        launch.kernel = cases[i].kernel ? kernel : NULL;
        if (cases[i].good) {
            check_accepted(cases[i].what, &launch, firmware);
        } else if (firmware) { /* else nothing is measured by it */
            check_refused(cases[i].what, &launch, firmware, CVMDOM_ERROR_UNSUPPORTED);
        }
        cvmdom_firmware_free(firmware);
    }
}
END_TEST

/* For SEV and SEV-ES nothing counts but the bytes, the reset address and the area for hashes. */
START_TEST(test_plain_images)
{
    static const struct image_parts odd = { .size = 12345, .reset = 0x80b004, .no_metadata = TRUE };
    cvmdom_firmware *firmware = image_parse(&odd),
                    *small = cvmdom_firmware_parse("x", (const unsigned char *)"x", 1, NULL);
    g_autofree char *kernel = make_file("kernel", "kernel", 6);
    struct cvmdom_launch launch = { SEV };

    check_accepted("odd", &launch, firmware);
    check_accepted("small", &launch, small);
    launch = (struct cvmdom_launch){ ES, .vcpus = 2 };
    check_accepted("odd", &launch, firmware);
    check_refused("small", &launch, small, CVMDOM_ERROR_UNSUPPORTED);
    launch.kernel = kernel; /* but nobody measures it */
    check_accepted("kernel", &launch, firmware);
    launch.kernel_hashes = TRUE;
    check_refused("hashes without area", &launch, firmware, CVMDOM_ERROR_UNSUPPORTED);
    cvmdom_firmware_free(small);
    cvmdom_firmware_free(firmware);
}
END_TEST

/* ---- SVSM ---- */

START_TEST(test_svsm)
{
    static const struct {
        const char *what;
        gboolean good;
        uint64_t vars_size;
        struct image_parts parts;
    } cases[] = {
        { "as it should be", TRUE, 0x84000, { ONE(0x8000, 0x1000, 1), .svsm = TRUE } },
        { "no variables", TRUE, 0, { ONE(0x8000, 0x1000, 1), .svsm = TRUE } },
        { "half a page of variables", FALSE, 0x800, { ONE(0x8000, 0x1000, 1), .svsm = TRUE } },
        { "too many variables", FALSE, 0xffff0000, { ONE(0x8000, 0x1000, 1), .svsm = TRUE } },
        { "no room for the SVSM", FALSE, 0xfffdf000, { ONE(0x8000, 0x1000, 1), .svsm = TRUE } },
        { "huge variables", FALSE, UINT64_MAX - 4095, { ONE(0x8000, 0x1000, 1), .svsm = TRUE } },
        { "no entry", FALSE, 0, { ONE(0x8000, 0x1000, 1) } },
        { "entry outside",
          FALSE,
          0,
          { ONE(0x8000, 0x1000, 1), .svsm = TRUE, .svsm_entry = 0x10000 } },
        { "no metadata", FALSE, 0, { REST, .no_metadata = TRUE, .svsm = TRUE } },
        { "unknown section", FALSE, 0, { ONE(0x8000, 0x1000, 7), .svsm = TRUE } },
    };
    cvmdom_firmware *firmware = image_parse(&good_parts);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        size_t size;
        g_autofree uint8_t *data = image_make(&cases[i].parts, &size);
        g_autofree char *svsm = make_file("svsm", data, size);
        struct cvmdom_launch launch = good_launch;
        struct cvmdom_digest digest;

        launch.vmm = CVMDOM_VMM_SVSM;
        launch.svsm = svsm;
        launch.vars_size = cases[i].vars_size;
        if (cases[i].good) {
            check_accepted(cases[i].what, &launch, firmware);
        } else {
            ck_assert_msg(cvmdom_launch_digest(&launch, firmware, NULL, NULL, &digest, NULL) == -1,
                          "%s", cases[i].what);
        }
    }
    cvmdom_firmware_free(firmware);
}
END_TEST

/* ---- kernels ---- */

static void
check_kernel(const char *what, const char *path, int code)
{
    cvmdom_firmware *firmware = image_parse(&good_parts);
    struct cvmdom_launch launch = good_launch;

    launch.kernel_hashes = TRUE;
    launch.kernel = path;
    for (int i = 0; i < 2; i++) {
        launch.guest = i == 0 ? "sev-snp" : "sev";
        if (code == 0) {
            check_accepted(what, &launch, firmware);
        } else {
            check_refused(what, &launch, firmware, code);
        }
    }
    cvmdom_firmware_free(firmware);
}

START_TEST(test_files)
{
    g_autofree char *fifo = g_build_filename(folder, "fifo", NULL);
    g_autofree char *missing = g_build_filename(folder, "missing", NULL);
    g_autofree char *empty = make_file("empty", "", 0);

    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    check_kernel("empty", empty, 0);
    check_kernel("FIFO", fifo, CVMDOM_ERROR_IO);
    check_kernel("missing", missing, CVMDOM_ERROR_IO);
    check_kernel("folder", folder, CVMDOM_ERROR_IO);
    check_kernel("device", "/dev/zero", CVMDOM_ERROR_IO);
}
END_TEST

/* QEMU hashes what it takes for Linux, and loads others without. */
START_TEST(test_kernels)
{
    static const uint8_t magic[] = { 0x02, 0xb0, 0xad, 0x1b };
    uint8_t data[9000] = { 0 };
    g_autofree char *path = NULL;

    memcpy(data, "\177ELF", 4);
    path = make_file("kernel", data, sizeof(data));
    check_kernel("ELF", path, CVMDOM_ERROR_UNSUPPORTED);
    g_free(make_file("kernel", data, 4));
    check_kernel("only its magic", path, CVMDOM_ERROR_UNSUPPORTED);
    g_free(make_file("kernel", data, 3));
    check_kernel("not even that", path, 0);
    memcpy(data + 0x202, "HdrS", 4);
    g_free(make_file("kernel", data, sizeof(data)));
    check_kernel("Linux", path, 0);

    memset(data, 0, sizeof(data));
    memcpy(data + 8180, magic, sizeof(magic));
    cvm_put_u32(data + 8184, 3);
    cvm_put_u32(data + 8188, 0U - 3 - 0x1badb002);
    g_free(make_file("kernel", data, sizeof(data)));
    check_kernel("multiboot", path, CVMDOM_ERROR_UNSUPPORTED);
    data[8184]++;
    g_free(make_file("kernel", data, sizeof(data)));
    check_kernel("multiboot with a wrong checksum", path, 0);
}
END_TEST

/* ---- files that change ---- */

static int stop;

/* Lets the file grow until it is told to stop. */
static void *
append_always(void *path)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

    while (!g_atomic_int_get(&stop) && write(fd, "x", 1) == 1) {
        g_usleep(100);
    }
    close(fd);
    return NULL;
}

START_TEST(test_changing)
{
    g_autofree char *path = make_file("initrd", "", 0), *kernel = make_file("kernel", "k", 1);
    cvmdom_firmware *firmware = image_parse(&good_parts);
    struct cvmdom_launch launch = good_launch;
    cvmdom_error *error = NULL;
    struct cvmdom_digest digest;
    GThread *writer;

    ck_assert_int_eq(truncate(path, 16 << 20), 0);
    launch.kernel_hashes = TRUE;
    launch.kernel = kernel;
    launch.initrd = path;
    check_accepted("nobody writes", &launch, firmware);
    writer = g_thread_new("writer", append_always, path);
    ck_assert_int_eq(cvmdom_launch_digest(&launch, firmware, NULL, NULL, &digest, &error), -1);
    g_atomic_int_set(&stop, 1);
    g_thread_join(writer);
    ck_assert_int_eq(cvmdom_error_code(error), CVMDOM_ERROR_IO);
    ck_assert_ptr_nonnull(strstr(cvmdom_error_message(error), "changed"));
    cvmdom_error_free(error);
    check_accepted("nobody writes any more", &launch, firmware);
    cvmdom_firmware_free(firmware);
}
END_TEST

/* ---- steps ---- */

struct told {
    GString *kinds;
    struct cvmdom_digest last;
};

static void
tell(const struct cvmdom_measure_step *step, void *payload)
{
    struct told *told = payload;

    ck_assert_ptr_nonnull(step->title);
    ck_assert_str_ne(step->title, "");
    ck_assert(step->has_address == (step->address > 0));
    ck_assert_uint_ge(step->count, 1);
    ck_assert((step->contents.size > 0) != (step->digest.size > 0));
    if (step->digest.size > 0) {
        told->last = step->digest;
    }
    g_string_append_printf(told->kinds, "%s%s:%" G_GUINT64_FORMAT "%s",
                           told->kinds->len > 0 ? " " : "", step->kind, step->count,
                           step->file ? ":file" : "");
}

static void
check_steps(const struct cvmdom_launch *launch, const cvmdom_firmware *firmware,
            const char *expected)
{
    struct told told = { g_string_new(NULL), { 0 } };
    struct cvmdom_digest digest;

    ck_assert_int_eq(cvmdom_launch_digest(launch, firmware, tell, &told, &digest, NULL), 0);
    ck_assert_str_eq(told.kinds->str, expected);
    ck_assert_uint_eq(told.last.size, digest.size);
    ck_assert_mem_eq(told.last.bytes, digest.bytes, digest.size);
    g_string_free(told.kinds, TRUE);
}

START_TEST(test_steps)
{
    g_autofree char *kernel = make_file("kernel", "k", 1);
    cvmdom_firmware *firmware = image_parse(&good_parts);
    struct cvmdom_launch launch = good_launch;

    check_steps(
        &launch, firmware,
        "firmware:1:file memory:1 secrets:1 cpuid:1 svsm-caa:1 kernel-hashes-area:1 memory:1 "
        "vmsa:1 vmsa:1");
    launch.kernel = kernel;
    launch.kernel_hashes = TRUE;
    launch.vcpus = 1;
    launch.vmm = CVMDOM_VMM_EC2;
    check_steps(&launch, firmware,
                "firmware:1:file memory:1 secrets:1 svsm-caa:1 cmdline:1 initrd:1 kernel:1:file "
                "kernel-hashes:1 memory:1 cpuid:1 vmsa:1");
    launch = (struct cvmdom_launch){ ES, .vcpus = 9, .kernel = kernel, .kernel_hashes = TRUE };
    check_steps(&launch, firmware,
                "firmware:1:file cmdline:1 initrd:1 kernel:1:file kernel-hashes:1 vmsa:1 vmsa:8");
    launch = (struct cvmdom_launch){ SEV, .kernel = kernel };
    check_steps(&launch, firmware, "firmware:1:file");
    cvmdom_firmware_free(firmware);
}
END_TEST

static int
run_suite(void);

int
main(void)
{
    int result = 99;

    folder = g_dir_make_tmp("cvm-digest-XXXXXX", NULL);
    if (folder) {
        result = run_suite();
        remove_folder();
    }
    return result;
}

static UNIT_RUNNER(run_suite, "digest", test_launches, test_images, test_plain_images, test_svsm,
                   test_files, test_kernels, test_changing, test_steps)
