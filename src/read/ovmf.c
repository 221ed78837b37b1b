/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an OVMF image says of itself: the table of GUIDed entries that ends 32 bytes before the end
 * of the file and is read backwards (QEMU, hw/i386/pc_sysfw_ovmf.c; EDK II,
 * OvmfPkg/ResetVector/Ia16/ResetVectorVtf0.asm). Every length is checked before it is used. */
#include <string.h>

#include "read/read.h"

enum {
    GUID_SIZE = 16,
    TRAILER_SIZE = GUID_SIZE + 2, /* of an entry and of the table: u16 length, GUID */
    TABLE_END = 32,               /* from the end of the file */
    SECTION_SIZE = 12,
    METADATA_HEADER_SIZE = 16, /* "ASEV", length, version, count */
};

/* As stored: the first three fields in little endian. */
static const uint8_t footer_guid[GUID_SIZE] = { 0xde, 0x82, 0xb5, 0x96, 0xb2, 0x1f, 0xf7, 0x45,
                                                0xba, 0xea, 0xa3, 0x66, 0xc5, 0x5a, 0x08, 0x2d };
static const uint8_t reset_guid[GUID_SIZE] = { 0xde, 0x71, 0xf7, 0x00, 0x7e, 0x1a, 0xcb, 0x4f,
                                               0x89, 0x0e, 0x68, 0xc7, 0x7e, 0x2f, 0xb4, 0x4e };
static const uint8_t secret_guid[GUID_SIZE] = { 0x61, 0xb3, 0x2e, 0x4c, 0x9b, 0x7d, 0xc3, 0x4c,
                                                0x80, 0x81, 0x12, 0x7c, 0x90, 0xd3, 0xd2, 0x94 };
static const uint8_t hash_guid[GUID_SIZE] = { 0x1f, 0x37, 0x55, 0x72, 0x3b, 0x3a, 0x04, 0x4b,
                                              0x92, 0x7b, 0x1d, 0xa6, 0xef, 0xa8, 0xd4, 0x54 };
static const uint8_t metadata_guid[GUID_SIZE] = { 0x66, 0x65, 0x88, 0xdc, 0x4a, 0x98, 0x98, 0x47,
                                                  0xa7, 0x5e, 0x55, 0x85, 0xa7, 0xbf, 0x67, 0xcc };
/* gEfiSystemNvDataFvGuid: the file system of a firmware volume that holds variables. */
static const uint8_t variables_guid[GUID_SIZE] = { 0x8d, 0x2b, 0xf1, 0xff, 0x96, 0x76, 0x8b, 0x4c,
                                                   0xa9, 0x85, 0x27, 0x47, 0x07, 0x5b, 0x4f, 0x50 };

struct image {
    const uint8_t *data;
    size_t size;
    struct cvm_arena *arena;
    struct cvm_ovmf *ovmf;
};

static uint32_t
read_u16(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

static uint32_t
read_u32(const uint8_t *at)
{
    return read_u16(at) | read_u16(at + 2) << 16;
}

static gboolean
is_guid(const uint8_t *at, const uint8_t *guid)
{
    return memcmp(at, guid, GUID_SIZE) == 0;
}

/* ---- entries ---- */

static void
take_reset(struct image *image, const uint8_t *data, size_t size)
{
    if (size >= 4) {
        image->ovmf->has_reset_block = TRUE;
        image->ovmf->reset_address = read_u32(data);
    }
}

static void
take_hash_table(struct image *image, const uint8_t *data, size_t size)
{
    if (size >= 8) {
        image->ovmf->has_hash_table = TRUE;
        image->ovmf->hash_base = read_u32(data);
        image->ovmf->hash_size = read_u32(data + 4);
    }
}

static void
take_secret_area(struct image *image, const uint8_t *data, size_t size)
{
    if (size >= 8) {
        image->ovmf->has_secret_area = TRUE;
        image->ovmf->secret_base = read_u32(data);
        image->ovmf->secret_size = read_u32(data + 4);
    }
}

static gboolean
is_plausible(const struct cvm_ovmf_section *section)
{
    return section->size > 0 && (uint64_t)section->address + section->size <= UINT32_MAX &&
           section->address % 4096 == 0 && section->size % 4096 == 0;
}

/* "ASEV", u32 length of the whole block, u32 version 1, u32 count, then u32 address, size and type
 * each; the entry's data is the distance of the header from the end of the file. */
static void
take_metadata(struct image *image, const uint8_t *data, size_t size)
{
    size_t distance = size >= 4 ? read_u32(data) : 0;
    const uint8_t *header = image->data + image->size - distance;
    struct cvm_ovmf_section *sections;
    uint32_t length, count;

    if (distance < METADATA_HEADER_SIZE || distance > image->size ||
        memcmp(header, "ASEV", 4) != 0 || read_u32(header + 8) != 1) {
        return;
    }
    length = read_u32(header + 4);
    count = read_u32(header + 12);
    if (length > distance || length < METADATA_HEADER_SIZE ||
        count > (length - METADATA_HEADER_SIZE) / SECTION_SIZE) {
        return;
    }
    sections = cvm_arena_array(image->arena, struct cvm_ovmf_section, count);
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *at = header + METADATA_HEADER_SIZE + (size_t)i * SECTION_SIZE;

        sections[i].address = read_u32(at);
        sections[i].size = read_u32(at + 4);
        sections[i].type = read_u32(at + 8);
        if (!is_plausible(&sections[i])) {
            return;
        }
    }
    image->ovmf->has_metadata = TRUE;
    image->ovmf->sections = sections;
    image->ovmf->n_sections = count;
}

static void
take_entry(struct image *image, const uint8_t *guid, const uint8_t *data, size_t size)
{
    static const struct {
        const uint8_t *guid;
        void (*take)(struct image *, const uint8_t *, size_t);
    } kinds[] = { { reset_guid, take_reset },
                  { hash_guid, take_hash_table },
                  { secret_guid, take_secret_area },
                  { metadata_guid, take_metadata } };

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (is_guid(guid, kinds[i].guid)) {
            kinds[i].take(image, data, size);
        }
    }
}

/* Entries from end down to start; FALSE where the chain is broken. */
static gboolean
walk_entries(struct image *image, const uint8_t *start, const uint8_t *end)
{
    while (end - start >= TRAILER_SIZE) {
        const uint8_t *guid = end - GUID_SIZE;
        size_t length = read_u16(guid - 2);

        if (length < TRAILER_SIZE || length > (size_t)(end - start)) {
            return FALSE;
        }
        take_entry(image, guid, end - length, length - TRAILER_SIZE);
        end -= length;
    }
    return TRUE; /* a rest too short for an entry is left alone, as QEMU does */
}

static void
take_table(struct image *image, const uint8_t *end)
{
    size_t room = (size_t)(end - image->data), length = read_u16(end - TRAILER_SIZE);

    if (length >= TRAILER_SIZE && length <= room &&
        walk_entries(image, end - length, end - TRAILER_SIZE)) {
        image->ovmf->has_table = TRUE;
    } else {
        *image->ovmf = (struct cvm_ovmf){
            .path = image->ovmf->path,
            .size = image->ovmf->size,
            .has_vars = image->ovmf->has_vars,
        };
    }
}

/* Images of before the table have the reset block's GUID where the table's footer is today; QEMU
 * accepts them still. */
static void
take_legacy_reset(struct image *image, const uint8_t *end)
{
    size_t room = (size_t)(end - image->data), length = read_u16(end - TRAILER_SIZE);

    if (length >= TRAILER_SIZE && length <= room) {
        take_reset(image, end - length, length - TRAILER_SIZE);
    }
}

/* EFI_FIRMWARE_VOLUME_HEADER (PI specification, volume 3): 16 zero bytes, the file system's GUID,
 * length, "_FVH". */
static gboolean
starts_with_variables(const uint8_t *data, size_t size)
{
    return size >= 44 && is_guid(data + 16, variables_guid) && memcmp(data + 40, "_FVH", 4) == 0;
}

void
cvm_ovmf_parse(struct cvm_arena *arena, const char *path, const uint8_t *data, size_t size,
               struct cvm_ovmf *ovmf)
{
    struct image image = { data, size, arena, ovmf };
    const uint8_t *end;

    *ovmf = (struct cvm_ovmf){
        .path = path,
        .size = size,
        .has_vars = starts_with_variables(data, size),
    };
    if (size < TABLE_END + TRAILER_SIZE) {
        return;
    }
    end = data + size - TABLE_END;
    if (is_guid(end - GUID_SIZE, footer_guid)) {
        take_table(&image, end);
    } else if (is_guid(end - GUID_SIZE, reset_guid)) {
        take_legacy_reset(&image, end);
    }
}
