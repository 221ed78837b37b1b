/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Firmware images of tests, laid out as OVMF's: filler, and at the end SEV metadata and the table
 * of GUIDed entries. Whatever the parts are, the image is written as they say. */
#ifndef CVM_TESTS_IMAGE_FIXTURE_H
#define CVM_TESTS_IMAGE_FIXTURE_H

#include <string.h>

#include "cvmdom/firmware.h"
#include "unit.h"
#include "util/bytes.h"
#include "util/guid.h"

#define IMAGE_MAX_SECTIONS 8

struct image_parts {
    size_t size;    /* 0: 64 KiB */
    uint32_t reset; /* 0: the table says 0 */
    gboolean no_reset, no_metadata;
    uint32_t hashes, hashes_size;
    gboolean svsm; /* it starts at svsm_entry */
    uint32_t svsm_entry;
    struct cvmdom_firmware_section sections[IMAGE_MAX_SECTIONS]; /* ended by one of size 0 */
    uint32_t count; /* of sections; 0: those before the end */
};

/* Puts an entry before end, and returns where it begins. */
static inline uint8_t *
image_put_entry(uint8_t *end, const char *guid, const uint32_t *words, size_t count)
{
    uint8_t *start = end - CVM_GUID_SIZE - 2 - 4 * count;

    for (size_t i = 0; i < count; i++) {
        cvm_put_u32(start + 4 * i, words[i]);
    }
    cvm_put_u16(end - CVM_GUID_SIZE - 2, (uint16_t)(end - start));
    ck_assert(cvm_guid_parse(guid, end - CVM_GUID_SIZE));
    return start;
}

/* The metadata before end; returns where it begins. */
static inline uint8_t *
image_put_metadata(uint8_t *end, const struct image_parts *parts)
{
    uint32_t count = parts->count;
    uint8_t *start;

    while (parts->count == 0 && count < IMAGE_MAX_SECTIONS && parts->sections[count].size > 0) {
        count++;
    }
    start = end - 16 - 12 * count;
    memcpy(start, "ASEV", 4);
    cvm_put_u32(start + 4, 16 + 12 * count);
    cvm_put_u32(start + 8, 1);
    cvm_put_u32(start + 12, count);
    for (uint32_t i = 0; i < count; i++) {
        cvm_put_u32(start + 16 + 12 * i, parts->sections[i].address);
        cvm_put_u32(start + 20 + 12 * i, parts->sections[i].size);
        cvm_put_u32(start + 24 + 12 * i, parts->sections[i].type);
    }
    return start;
}

/* The caller's to g_free(). */
static inline uint8_t *
image_make(const struct image_parts *parts, size_t *size)
{
    const uint32_t hashes[] = { parts->hashes, parts->hashes_size };
    uint8_t *data, *end, *at;
    uint32_t distance;

    *size = parts->size > 0 ? parts->size : 64 * 1024;
    data = g_malloc(*size);
    for (size_t i = 0; i < *size; i++) {
        data[i] = (uint8_t)(i / 4096 + i);
    }
    end = data + *size;
    distance = (uint32_t)(end - image_put_metadata(end - 1024, parts));
    at = end - 32 - 18; /* of the table's footer */
    at = parts->no_reset
             ? at
             : image_put_entry(at, "00f771de-1a7e-4fcb-890e-68c77e2fb44e", &parts->reset, 1);
    at = image_put_entry(at, "7255371f-3a3b-4b04-927b-1da6efa8d454", hashes, 2);
    at = parts->no_metadata
             ? at
             : image_put_entry(at, "dc886566-984a-4798-a75e-5585a7bf67cc", &distance, 1);
    at = parts->svsm
             ? image_put_entry(at, "a789a612-0597-4c4b-a49f-cbb1fe9d1ddd", &parts->svsm_entry, 1)
             : at;
    cvm_put_u16(end - 32 - 18, (uint16_t)(end - 32 - at));
    ck_assert(cvm_guid_parse("96b582de-1fb2-45f7-baea-a366c55a082d", end - 32 - CVM_GUID_SIZE));
    return data;
}

/* NULL for an image that is refused. */
static inline cvmdom_firmware *
image_parse(const struct image_parts *parts)
{
    size_t size;
    g_autofree uint8_t *data = image_make(parts, &size);

    return cvmdom_firmware_parse("image", data, size, NULL);
}

#endif
