/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Images are built here, entry by entry, and then damaged. */
#include <string.h>

#include "read/read.h"
#include "unit.h"

#define FOOTER "96b582de-1fb2-45f7-baea-a366c55a082d"
#define RESET "00f771de-1a7e-4fcb-890e-68c77e2fb44e"
#define SECRET "4c2eb361-7d9b-4cc3-8081-127c90d3d294"
#define HASHES "7255371f-3a3b-4b04-927b-1da6efa8d454"
#define METADATA "dc886566-984a-4798-a75e-5585a7bf67cc"
#define TDX "e47a6535-984a-4798-865e-4685a7bf8ec2"
#define NV_DATA "fff12b8d-7696-4c8b-a985-2747075b4f50"

enum { IMAGE_SIZE = 4096 };

static struct cvm_arena *arena;
static struct cvm_ovmf ovmf;

/* A GUID as UEFI stores it: the first three fields in little endian. */
static void
put_guid(uint8_t *to, const char *text)
{
    static const uint8_t order[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
    unsigned position = 0;

    for (; *text; text++) {
        if (*text != '-') {
            to[order[position++]] =
                (uint8_t)(g_ascii_xdigit_value(text[0]) << 4 | g_ascii_xdigit_value(text[1]));
            text++;
        }
    }
}

static void
put_u32(uint8_t *to, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        to[i] = (uint8_t)(value >> 8 * i);
    }
}

struct builder {
    uint8_t data[IMAGE_SIZE];
    size_t at; /* the table grows downwards */
};

static void
put_trailer(struct builder *builder, size_t end, const char *guid, size_t length)
{
    put_guid(builder->data + end - 16, guid);
    builder->data[end - 18] = (uint8_t)length;
    builder->data[end - 17] = (uint8_t)(length >> 8);
}

static void
start(struct builder *builder)
{
    memset(builder->data, 0xee, sizeof builder->data);
    builder->at = IMAGE_SIZE - 32 - 18;
}

static void
add(struct builder *builder, const char *guid, const uint32_t *words, size_t count)
{
    put_trailer(builder, builder->at, guid, count * 4 + 18);
    builder->at -= count * 4 + 18;
    for (size_t i = 0; i < count; i++) {
        put_u32(builder->data + builder->at + i * 4, words[i]);
    }
}

static void
finish(struct builder *builder)
{
    put_trailer(builder, IMAGE_SIZE - 32, FOOTER, IMAGE_SIZE - 32 - builder->at);
}

/* The block at this distance from the end of the image. */
static void
put_metadata(struct builder *builder, size_t distance, const uint32_t *words, size_t count)
{
    uint8_t *to = builder->data + IMAGE_SIZE - distance;

    memcpy(to, "ASEV", 4);
    for (size_t i = 0; i < count; i++) {
        put_u32(to + 4 + i * 4, words[i]);
    }
}

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
    put_guid(builder.data + 16, NV_DATA);
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
    put_u32(builder.data + IMAGE_SIZE - 32 - 22, 0x80b004);
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
        assert_broken("leads out");
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

START_TEST(test_metadata_magic)
{
    struct builder builder;

    build_whole(&builder);
    builder.data[IMAGE_SIZE - 1024] = 'a';
    read_bytes(builder.data, IMAGE_SIZE);
    ck_assert(ovmf.has_table && !ovmf.has_metadata);
    assert_broken("leads to no SEV metadata");
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
          test_bad_lengths, test_short_entries, test_entry_twice, test_bad_metadata,
          test_metadata_magic, test_damaged)
