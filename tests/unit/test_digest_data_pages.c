/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Holds what launch digests are made of against what other programs made, where
 * CVMDOM_TEST_MEASURE_DATA names a folder that has it: VMSAs, tables of kernel hashes, and chains
 * whose firmware is known by its digest only. Skipped without. */
#include <jansson.h>

#include "digest_data.h"
#include "util/bytes.h"

/* ---- EC2 as older tables of other programs have it: RDX is zero ---- */

static void
from_hex(const char *hex, uint8_t *bytes, size_t size)
{
    ck_assert_uint_eq(strlen(hex), 2 * size);
    for (size_t i = 0; i < size; i++) {
        bytes[i] =
            (uint8_t)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
    }
}

static void
hash_vmsa_rdx0(struct attest_page_chain *chain, uint32_t start)
{
    struct attest_vmsa vmsa = { .vmm = CVMDOM_VMM_EC2, .start = start, .features = 1 };
    uint8_t page[ATTEST_PAGE_SIZE];

    attest_vmsa_build(&vmsa, page);
    ck_assert_uint_eq(cvm_get_u64(page + 0x310), 0x600);
    cvm_put_u64(page + 0x310, 0);
    ck_assert_int_eq(attest_page_chain_add_vmsa(chain, page, 1, NULL), 0);
}

/* Two vCPUs, and the sections of Debian 12's OVMF.fd, behind a firmware of this digest. */
static void
check_rdx0(const char *id, const char *seed, const char *expected)
{
    static const struct cvmdom_firmware_section sections[] = {
        { 0x800000, 0x9000, ATTEST_PAGE_ZERO },    { 0x80a000, 0x3000, ATTEST_PAGE_ZERO },
        { 0x80d000, 0x1000, ATTEST_PAGE_SECRETS }, { 0x80f000, 0x11000, ATTEST_PAGE_ZERO },
        { 0x80e000, 0x1000, ATTEST_PAGE_CPUID },
    };
    g_autofree char *hex = NULL;
    struct attest_page_chain chain;
    struct cvmdom_digest digest;

    ck_assert_int_eq(attest_page_chain_begin(&chain, NULL), 0);
    from_hex(seed, chain.info, ATTEST_SHA384_SIZE);
    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
        ck_assert_int_eq(attest_page_chain_add_empty(&chain, sections[i].type, sections[i].address,
                                                     sections[i].size, NULL),
                         0);
    }
    hash_vmsa_rdx0(&chain, ATTEST_RESET_VECTOR);
    hash_vmsa_rdx0(&chain, 0x80b004);
    attest_page_chain_get(&chain, &digest);
    attest_page_chain_end(&chain);
    hex = to_hex(digest.bytes, digest.size);
    ck_assert_msg(g_str_equal(hex, expected), "%s: %s instead of %s", id, hex, expected);
}

START_TEST(test_go)
{
    g_autofree char *text = read_text("published-go.json");
    json_t *cases = json_loads(text, 0, NULL), *item;
    struct count count = { .file = "published-go.json" };
    size_t i;

    json_array_foreach(cases, i, item)
    {
        check_rdx0(json_string_value(json_object_get(item, "id")),
                   json_string_value(json_object_get(item, "seed_ovmf_hash")),
                   json_string_value(json_object_get(item, "expected")));
        count.ran++;
    }
    json_decref(cases);
    report(&count);
}
END_TEST

/* Of Debian 12's OVMF.fd, which launch-digests.tsv has the digest of. */
START_TEST(test_rdx0)
{
    g_auto(GStrv) lines = read_lines("launch-digests.tsv");
    struct count count = { .file = "launch-digests.tsv" };
    g_autofree char *seed = NULL;

    for (char **line = lines; *line; line++) {
        g_auto(GStrv) columns = g_strsplit(*line, "\t", -1);

        if (g_str_equal(columns[0], "snp-ovmfhash-debian")) {
            seed = g_strdup(columns[9]);
        } else if (g_str_equal(columns[0], "snp2-debian-ec2-rdx0")) {
            ck_assert_ptr_nonnull(seed);
            check_rdx0(columns[0], seed, columns[9]);
            count.ran++;
        }
    }
    report(&count);
}
END_TEST

/* ---- kernel-hash-tables.txt ---- */

START_TEST(test_tables)
{
    static const char *const boots[] = { "initrd.bin cmdline.txt", "kernel only" };
    g_auto(GStrv) lines = read_lines("kernel-hash-tables.txt");
    struct count count = { .file = "kernel-hash-tables.txt" };

    for (char **line = lines; *line; line++) {
        struct row row = { 0 };
        struct attest_measuring measuring = { .launch = &row.launch };
        uint8_t table[ATTEST_KERNEL_HASHES_SIZE];
        g_autofree char *hex = NULL;

        if ((*line)[0] == '#') {
            continue;
        }
        ck_assert_uint_lt(count.ran, G_N_ELEMENTS(boots));
        set_boot(&row, boots[count.ran++]);
        row.launch.kernel = row.kernel;
        row.launch.initrd = row.initrd;
        row.launch.cmdline = row.cmdline;
        ck_assert_int_eq(attest_kernel_hashes_build(&measuring, table, NULL), 0);
        hex = to_hex(table, sizeof(table));
        ck_assert_str_eq(hex, *line);
        clear_row(&row);
    }
    report(&count);
}
END_TEST

/* ---- vmsa/ ---- */

static void
check_vmsa(const char *name, const struct attest_vmsa *vmsa)
{
    g_autofree char *path = data_path(name), *content = NULL;
    uint8_t page[ATTEST_PAGE_SIZE];
    gsize size;

    attest_vmsa_build(vmsa, page);
    ck_assert_msg(g_file_get_contents(path, &content, &size, NULL), "no file '%s'", path);
    ck_assert_uint_eq(size, sizeof(page));
    for (size_t i = 0; i < sizeof(page); i++) {
        ck_assert_msg(page[i] == (uint8_t)content[i], "%s: byte %#zx", name, i);
    }
}

START_TEST(test_vmsas)
{
    static const struct {
        const char *bsp, *ap;
        struct attest_vmsa vmsa;
    } pages[] = {
        { "ec2-snp-f1-bsp", "ec2-snp-f1-ap", { .vmm = CVMDOM_VMM_EC2, .features = 1 } },
        { "gce-snp-f1-bsp", "gce-snp-f1-ap", { .vmm = CVMDOM_VMM_GCE, .features = 1 } },
        { "libvirt-es-Milan-bsp", "libvirt-es-Milan-ap", { .signature = 0xa00f11 } },
        { "qemu-es-EPYC-v4-bsp", "qemu-es-EPYC-v4-ap", { .fpu = TRUE, .signature = 0x800f12 } },
        { "qemu-es-Milan-bsp", "qemu-es-Milan-ap", { .fpu = TRUE, .signature = 0xa00f11 } },
        { "qemu-snp-f1-EPYC-v4-bsp",
          "qemu-snp-f1-EPYC-v4-ap",
          { .fpu = TRUE, .signature = 0x800f12, .features = 1 } },
        { "qemu-snp-f21-EPYC-v4-bsp",
          "qemu-snp-f21-EPYC-v4-ap",
          { .fpu = TRUE, .signature = 0x800f12, .features = 0x21 } },
    };
    struct count count = { .file = "vmsa" };

    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
        g_autofree char *bsp = g_strdup_printf("vmsa/%s.bin", pages[i].bsp);
        g_autofree char *ap = g_strdup_printf("vmsa/%s.bin", pages[i].ap);
        struct attest_vmsa vmsa = pages[i].vmsa;

        vmsa.start = ATTEST_RESET_VECTOR;
        check_vmsa(bsp, &vmsa);
        vmsa.start = 0x80b004;
        check_vmsa(ap, &vmsa);
        count.ran += 2;
    }
    report(&count);
}
END_TEST

/* The page itself is not there, but its hash. */
START_TEST(test_vmsa_svsm)
{
    static const char marker[] = "## svsm eip=0xfff00000 sha256 ";
    static const struct attest_vmsa vmsa = {
        .vmm = CVMDOM_VMM_SVSM, .start = 0xfff00000, .signature = 0x800f12, .features = 1
    };
    g_autofree char *text = read_text("vmsa/vmsa-fields.txt"), *sha256 = NULL;
    const char *line = strstr(text, marker);
    uint8_t page[ATTEST_PAGE_SIZE];

    ck_assert_ptr_nonnull(line);
    attest_vmsa_build(&vmsa, page);
    sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, page, sizeof(page));
    ck_assert_mem_eq(line + strlen(marker), sha256, 64);
}
END_TEST

DIGEST_DATA_MAIN("digest_data_pages", test_go, test_rdx0, test_tables, test_vmsas, test_vmsa_svsm)
