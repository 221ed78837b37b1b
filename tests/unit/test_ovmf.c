/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Images are built here, entry by entry, and then damaged. */
#include <string.h>

#include "read/read.h"
#include "unit.h"

enum { SMALL = 4096 };
#define IMAGE_SIZE SMALL
#include "ovmf_fixture.h"

static struct cvm_arena *arena;
static struct cvm_ovmf ovmf;

static const uint32_t two_sections[] = { 40, 1, 2, 0x800000, 0x9000, 1, 0x80e000, 0x1000, 3 };

static void
build_whole(struct builder *builder)
{
    start(builder);
    add(builder, RESET, (const uint32_t[]){ 0x80b004 }, 1);
    add(builder, SECRET, (const uint32_t[]){ 0x810000, 0xc00 }, 2);
    add(builder, TDX, (const uint32_t[]){ 0x840 }, 1);
    add(builder, HASHES, (const uint32_t[]){ 0x810c00, 0x400 }, 2);
    add(builder, METADATA, (const uint32_t[]){ 1024 }, 1);
    finish(builder);
    put_metadata(builder, 1024, two_sections, G_N_ELEMENTS(two_sections));
}

static void
read_bytes(const uint8_t *data, size_t size)
{
    /* A copy of just this size, so that a sanitizer sees a read beyond it. */
    g_autofree uint8_t *copy = g_memdup2(data, size);

    cvm_arena_free(arena);
    arena = cvm_arena_new();
    memset(&ovmf, 0xff, sizeof ovmf);
    cvm_ovmf_parse(arena, "/x.fd", copy, size, &ovmf);
    ck_assert_str_eq(ovmf.path, "/x.fd");
    ck_assert_uint_eq(ovmf.size, size);
}

/* It is said what is wrong, with the image's name. */
static void
assert_broken(const char *words)
{
    ck_assert_ptr_nonnull(ovmf.broken);
    ck_assert_msg(strstr(ovmf.broken, words) && strstr(ovmf.broken, "'/x.fd'"), "%s", ovmf.broken);
}

static void
assert_tells_nothing(void)
{
    ck_assert(!ovmf.has_table && !ovmf.has_reset_block && !ovmf.has_hash_table &&
              !ovmf.has_secret_area && !ovmf.has_metadata && ovmf.n_sections == 0);
}

START_TEST(test_whole)
{
    struct builder builder;

    build_whole(&builder);
    read_bytes(builder.data, IMAGE_SIZE);
    ck_assert(ovmf.has_table);
    ck_assert(ovmf.has_reset_block && ovmf.has_secret_area && ovmf.has_hash_table);
    ck_assert(ovmf.has_metadata);
    ck_assert(!ovmf.has_vars && !ovmf.broken);
    ck_assert_uint_eq(ovmf.reset_address, 0x80b004);
    ck_assert_uint_eq(ovmf.secret_base, 0x810000);
    ck_assert_uint_eq(ovmf.secret_size, 0xc00);
    ck_assert_uint_eq(ovmf.hash_base, 0x810c00);
    ck_assert_uint_eq(ovmf.hash_size, 0x400);
    ck_assert_uint_eq(ovmf.n_sections, 2);
    ck_assert_uint_eq(ovmf.sections[1].address, 0x80e000);
    ck_assert_uint_eq(ovmf.sections[1].size, 0x1000);
    ck_assert_uint_eq(ovmf.sections[1].type, CVM_OVMF_CPUID);
    g_clear_pointer(&arena, cvm_arena_free);
}
END_TEST

START_TEST(test_no_table)
{
    struct builder builder;

    start(&builder);
    read_bytes(builder.data, IMAGE_SIZE);
    assert_tells_nothing();
    for (size_t size = 0; size < 64; size++) {
        read_bytes(builder.data, size);
        assert_tells_nothing();
        ck_assert_ptr_null(ovmf.broken);
    }
    g_clear_pointer(&arena, cvm_arena_free);
}
END_TEST

START_TEST(test_variable_store)
{
    struct builder builder;

    build_whole(&builder);
    (void)cvm_guid_parse(NV_DATA, builder.data + 16);
    memcpy(builder.data + 40, "_FVH", 4);
    read_bytes(builder.data, IMAGE_SIZE);
    ck_assert(ovmf.has_vars && ovmf.has_metadata);
    builder.data[40] = 'x';
    read_bytes(builder.data, IMAGE_SIZE);
    ck_assert(!ovmf.has_vars);
    g_clear_pointer(&arena, cvm_arena_free);
}
END_TEST

START_TEST(test_legacy_reset_block)
{
    struct builder builder;

    start(&builder);
    put_trailer(&builder, IMAGE_SIZE - 32, RESET, 22);
    cvm_put_u32(builder.data + IMAGE_SIZE - 32 - 22, 0x80b004);
    read_bytes(builder.data, IMAGE_SIZE);
    ck_assert(ovmf.has_reset_block && !ovmf.has_table);
    ck_assert_uint_eq(ovmf.reset_address, 0x80b004);
    put_trailer(&builder, IMAGE_SIZE - 32, RESET, 0xffff);
    read_bytes(builder.data, IMAGE_SIZE);
    assert_tells_nothing();
    assert_broken("reset block");
    put_trailer(&builder, IMAGE_SIZE - 32, RESET, 18);
    read_bytes(builder.data, IMAGE_SIZE);
    assert_tells_nothing();
    assert_broken("reset block");
    g_clear_pointer(&arena, cvm_arena_free);
}
END_TEST

START_TEST(test_bad_lengths)
{
    struct builder builder;
    static const size_t table_lengths[] = { 0, 17, IMAGE_SIZE - 31, 0xffff };
    static const size_t entry_lengths[] = { 0, 17, 0x1000, 0xffff };

    for (size_t i = 0; i < G_N_ELEMENTS(table_lengths); i++) {
        build_whole(&builder);
        put_trailer(&builder, IMAGE_SIZE - 32, FOOTER, table_lengths[i]);
        read_bytes(builder.data, IMAGE_SIZE);
        assert_tells_nothing();
        assert_broken("more than there are");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(entry_lengths); i++) {
        build_whole(&builder);
        put_trailer(&builder, IMAGE_SIZE - 50, RESET, entry_lengths[i]);
        read_bytes(builder.data, IMAGE_SIZE);
        assert_tells_nothing();
        assert_broken("leads out");
    }
    g_clear_pointer(&arena, cvm_arena_free);
}
END_TEST

START_TEST(test_short_entries)
{
    struct builder builder;

    start(&builder);
    add(&builder, RESET, NULL, 0);
    add(&builder, SECRET, (const uint32_t[]){ 1 }, 1);
    add(&builder, HASHES, (const uint32_t[]){ 1 }, 1);
    add(&builder, METADATA, NULL, 0);
    finish(&builder);
    read_bytes(builder.data, IMAGE_SIZE);
    ck_assert(ovmf.has_table && !ovmf.has_reset_block && !ovmf.has_secret_area &&
              !ovmf.has_hash_table && !ovmf.has_metadata);
    assert_broken("too short");
    g_clear_pointer(&arena, cvm_arena_free);
}
END_TEST

/* QEMU takes the one that is nearest to the end. */
START_TEST(test_entry_twice)
{
    struct builder builder;

    start(&builder);
    add(&builder, RESET, (const uint32_t[]){ 0x80b004 }, 1);
    add(&builder, TDX, (const uint32_t[]){ 1 }, 1);
    add(&builder, TDX, (const uint32_t[]){ 2 }, 1);
    finish(&builder);
    read_bytes(builder.data, IMAGE_SIZE);
    ck_assert_ptr_null(ovmf.broken);
    add(&builder, RESET, (const uint32_t[]){ 0x1000 }, 1);
    finish(&builder);
    read_bytes(builder.data, IMAGE_SIZE);
    ck_assert_uint_eq(ovmf.reset_address, 0x80b004);
    assert_broken("twice");
    g_clear_pointer(&arena, cvm_arena_free);
}
END_TEST

/* Each of them makes the block unusable; the rest of the table stands. */
START_TEST(test_bad_metadata)
{
    static const struct {
        uint32_t distance;
        uint32_t words[9];
    } cases[] = {
        { 0, { 40, 1, 2 } },
        { 15, { 40, 1, 2 } },
        { 0x1001, { 40, 1, 2 } },
        { UINT32_MAX, { 40, 1, 2 } },
        { 1024, { 15, 1, 0 } },
        { 1024, { 1025, 1, 2, 0, 0x1000, 1, 0, 0x1000, 1 } },
        { 1024, { 40, 2, 2, 0, 0x1000, 1, 0x1000, 0x1000, 1 } },
        { 1024, { 40, 1, 3, 0, 0x1000, 1, 0x1000, 0x1000, 1 } },
        { 1024, { 40, 1, UINT32_MAX, 0, 0x1000, 1, 0x1000, 0x1000, 1 } },
        { 1024, { 40, 1, 2, 0xfffff000, 0x1000, 1, 0x1000, 0x1000, 1 } },
        { 1024, { 40, 1, 2, 0x800, 0x1000, 1, 0x1000, 0x1000, 1 } },
        { 1024, { 40, 1, 2, 0x1000, 0, 1, 0x2000, 0x1000, 1 } },
        { 1024, { 40, 1, 2, 0x1000, 0x1001, 1, 0x3000, 0x1000, 1 } },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct builder builder;

        start(&builder);
        add(&builder, METADATA, &cases[i].distance, 1);
        add(&builder, RESET, (const uint32_t[]){ 7 }, 1);
        finish(&builder);
        put_metadata(&builder, 1024, cases[i].words, 9);
        read_bytes(builder.data, IMAGE_SIZE);
        ck_assert_msg(!ovmf.has_metadata && ovmf.n_sections == 0, "case %zu", i);
        ck_assert(ovmf.has_table && ovmf.has_reset_block);
        assert_broken("SEV metadata");
    }
    g_clear_pointer(&arena, cvm_arena_free);
}
END_TEST

/* What was read stays, for those who only record it. */
START_TEST(test_overlaps)
{
    static const struct {
        uint32_t sections[9];
        const char *words;
    } cases[] = {
        { { 0x1000, 0x1000, 1, 0x2000, 0x1000, 1, 0x3000, 0x1000, 2 }, NULL },
        { { 0x3000, 0x1000, 1, 0x1000, 0x1000, 1, 0x2000, 0x1000, 2 }, NULL },
        { { 0x1000, 0x1000, 1, 0x2000, 0x1000, 1, 0x1000, 0x1000, 2 }, "at 0x1000 and 0x1000" },
        { { 0x1000, 0x3000, 1, 0x5000, 0x1000, 1, 0x3000, 0x1000, 2 }, "at 0x1000 and 0x3000" },
        { { 0x5000, 0x1000, 1, 0x1000, 0xfffe0000, 1, 0, 0x1000, 2 }, "at 0x1000 and 0x5000" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct builder builder;

        start(&builder);
        ADD(&builder, METADATA, 1024);
        finish(&builder);
        put_sections(&builder, cases[i].sections, 3);
        read_bytes(builder.data, IMAGE_SIZE);
        ck_assert_uint_eq(ovmf.n_sections, 3);
        if (cases[i].words) {
            assert_broken(cases[i].words);
        } else {
            ck_assert_msg(!ovmf.broken, "case %zu: %s", i, ovmf.broken);
        }
    }
    g_clear_pointer(&arena, cvm_arena_free);
}
END_TEST

START_TEST(test_areas)
{
    static const struct {
        uint32_t hashes[2], secret[2];
        const char *words;
    } cases[] = {
        { { 0x810c00, 0x400 }, { 0x810000, 0xc00 }, NULL },
        { { 0, 0 }, { 0, 0 }, NULL },
        { { 0, 0x2000 }, { 0x1000, 0x1000 }, NULL },
        { { 0x810bff, 0x400 }, { 0x810000, 0xc00 }, "overlap" },
        { { 0x810000, 0x1000 }, { 0x810800, 0x10 }, "overlap" },
        { { 0xfffff000, 0x1000 }, { 0, 0 }, "leads out of the first 4 GiB" },
        { { 0x1000, 0x10 }, { 0x2000, 0xffffffff }, "leads out of the first 4 GiB" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct builder builder;

        start(&builder);
        add(&builder, HASHES, cases[i].hashes, 2);
        add(&builder, SECRET, cases[i].secret, 2);
        finish(&builder);
        read_bytes(builder.data, IMAGE_SIZE);
        ck_assert(ovmf.has_hash_table && ovmf.has_secret_area);
        if (cases[i].words) {
            assert_broken(cases[i].words);
        } else {
            ck_assert_msg(!ovmf.broken, "case %zu: %s", i, ovmf.broken);
        }
    }
    g_clear_pointer(&arena, cvm_arena_free);
}
END_TEST

START_TEST(test_metadata_magic)
{
    struct builder builder;

    build_whole(&builder);
    builder.data[IMAGE_SIZE - 1024] = 'a';
    read_bytes(builder.data, IMAGE_SIZE);
    ck_assert(ovmf.has_table && !ovmf.has_metadata);
    assert_broken("none of version 1");
    g_clear_pointer(&arena, cvm_arena_free);
}
END_TEST

/* Single changed bytes everywhere in the table and the block, and truncations: sections, if any,
 * lie within 4 GiB. */
START_TEST(test_damaged)
{
    static const uint8_t values[] = { 0, 1, 17, 18, 19, 0x7f, 0x80, 0xff };

    for (size_t i = IMAGE_SIZE - 1024; i < IMAGE_SIZE; i++) {
        struct builder builder;

        for (size_t j = 0; j < sizeof values; j++) {
            build_whole(&builder);
            builder.data[i] = values[j];
            read_bytes(builder.data, IMAGE_SIZE);
            for (unsigned k = 0; k < ovmf.n_sections; k++) {
                ck_assert_uint_le((uint64_t)ovmf.sections[k].address + ovmf.sections[k].size,
                                  UINT32_MAX);
            }
        }
        build_whole(&builder);
        read_bytes(builder.data + i, IMAGE_SIZE - i); /* the table is found from the end */
        read_bytes(builder.data, i);
    }
    g_clear_pointer(&arena, cvm_arena_free);
}
END_TEST

UNIT_MAIN("ovmf", test_whole, test_no_table, test_variable_store, test_legacy_reset_block,
          test_bad_lengths, test_short_entries, test_entry_twice, test_bad_metadata, test_overlaps,
          test_areas, test_metadata_magic, test_damaged)
