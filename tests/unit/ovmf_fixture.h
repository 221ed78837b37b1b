/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Firmware images that are built entry by entry, from their end on, and may be damaged then. */
#ifndef CVM_TESTS_OVMF_FIXTURE_H
#define CVM_TESTS_OVMF_FIXTURE_H

#include <string.h>

#include "util/bytes.h"
#include "util/guid.h"

#define FOOTER "96b582de-1fb2-45f7-baea-a366c55a082d"
#define RESET "00f771de-1a7e-4fcb-890e-68c77e2fb44e"
#define SECRET "4c2eb361-7d9b-4cc3-8081-127c90d3d294"
#define HASHES "7255371f-3a3b-4b04-927b-1da6efa8d454"
#define METADATA "dc886566-984a-4798-a75e-5585a7bf67cc"
#define SVSM "a789a612-0597-4c4b-a49f-cbb1fe9d1ddd"
#define TDX "e47a6535-984a-4798-865e-4685a7bf8ec2"
#define NV_DATA "fff12b8d-7696-4c8b-a985-2747075b4f50"

/* A user that wants another size says so before. */
#ifndef IMAGE_SIZE
#define IMAGE_SIZE 0x10000
#endif

struct builder {
    uint8_t data[IMAGE_SIZE];
    size_t at; /* the table grows downwards */
};

static inline void
put_trailer(struct builder *builder, size_t end, const char *guid, size_t length)
{
    (void)cvm_guid_parse(guid, builder->data + end - 16);
    cvm_put_u16(builder->data + end - 18, (uint16_t)length);
}

static inline void
start(struct builder *builder)
{
    memset(builder->data, 0xee, sizeof builder->data);
    builder->at = IMAGE_SIZE - 32 - 18;
}

static inline void
add(struct builder *builder, const char *guid, const uint32_t *words, size_t count)
{
    put_trailer(builder, builder->at, guid, count * 4 + 18);
    builder->at -= count * 4 + 18;
    for (size_t i = 0; i < count; i++) {
        cvm_put_u32(builder->data + builder->at + i * 4, words[i]);
    }
}

static inline void
finish(struct builder *builder)
{
    put_trailer(builder, IMAGE_SIZE - 32, FOOTER, IMAGE_SIZE - 32 - builder->at);
}

/* The block at this distance from the end of the image. */
static inline void
put_metadata(struct builder *builder, size_t distance, const uint32_t *words, size_t count)
{
    uint8_t *to = builder->data + IMAGE_SIZE - distance;

    memcpy(to, "ASEV", 4);
    for (size_t i = 0; i < count; i++) {
        cvm_put_u32(to + 4 + i * 4, words[i]);
    }
}

/* ADD(&builder, SECRET, 0x810000, 0xc00) */
#define ADD(builder, guid, ...)                                                                    \
    add((builder), (guid), (const uint32_t[]){ __VA_ARGS__ },                                      \
        sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t))
/* PUT_SECTIONS(&builder, 0x800000, 0x1000, 1, …): version 1, at 1024 from the end. */
#define PUT_SECTIONS(builder, ...)                                                                 \
    put_sections((builder), (const uint32_t[]){ __VA_ARGS__ },                                     \
                 sizeof((const uint32_t[]){ __VA_ARGS__ }) / (3 * sizeof(uint32_t)))

static inline void
put_sections(struct builder *builder, const uint32_t *sections, size_t count)
{
    uint32_t words[3 + 3 * 16] = { (uint32_t)(16 + 12 * count), 1, (uint32_t)count };

    memcpy(words + 3, sections, count * 3 * sizeof *sections);
    put_metadata(builder, 1024, words, 3 + 3 * count);
}

/* Known images by name: "amdsev" has all that an image may have,
 * "ovmf" no areas for hashes and secret, "4m" no SEV metadata, "no-reset" no reset address, "none"
 * no table at all; "unclear" has a section of an unknown type; "qcow2" is one; "odd" is "amdsev",
 * of which the user takes less. FALSE for another name. */
static inline gboolean
build_known(struct builder *builder, const char *name)
{
    gboolean all = !g_str_equal(name, "ovmf") && !g_str_equal(name, "4m");

    start(builder);
    if (g_str_equal(name, "none")) {
        return TRUE;
    }
    if (!g_str_equal(name, "no-reset")) {
        ADD(builder, RESET, 0x80b004);
    }
    ADD(builder, SECRET, all ? 0x810000 : 0, all ? 0xc00 : 0);
    ADD(builder, HASHES, all ? 0x810c00 : 0, all ? 0x400 : 0);
    if (!g_str_equal(name, "4m")) {
        ADD(builder, METADATA, 1024);
        PUT_SECTIONS(builder, 0x800000, 0x9000, 1, 0x80d000, 0x1000, 2, 0x80e000, 0x1000, 3,
                     0x810000, 0x1000, all ? 0x10 : 1, 0x811000, 0x1000,
                     g_str_equal(name, "unclear") ? 9 : 1);
    }
    finish(builder);
    if (g_str_equal(name, "qcow2")) {
        memcpy(builder->data, "QFI\xfb", 4);
    }
    return all ? g_str_equal(name, "amdsev") || g_str_equal(name, "no-reset") ||
                     g_str_equal(name, "unclear") || g_str_equal(name, "qcow2") ||
                     g_str_equal(name, "odd")
               : TRUE;
}

#endif
