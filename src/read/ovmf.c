/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an OVMF image says of itself: the table of GUIDed entries that ends 32 bytes before the end
 * of the file and is read backwards (QEMU, hw/i386/pc_sysfw_ovmf.c; EDK II,
 * OvmfPkg/ResetVector/Ia16/ResetVectorVtf0.asm). Every length is checked before it is used. */
#include <stdlib.h>
#include <string.h>

#include "read/read.h"
#include "util/bytes.h"
#include "util/guid.h"
#include "util/i18n.h"

enum {
    TRAILER_SIZE = CVM_GUID_SIZE + 2, /* of an entry and of the table: u16 length, GUID */
    TABLE_END = 32,                   /* from the end of the file */
    SECTION_SIZE = 12,
    METADATA_HEADER_SIZE = 16, /* "ASEV", length, version, count */
};

#define FOOTER_GUID "96b582de-1fb2-45f7-baea-a366c55a082d"
#define RESET_GUID "00f771de-1a7e-4fcb-890e-68c77e2fb44e"
#define SECRET_GUID "4c2eb361-7d9b-4cc3-8081-127c90d3d294"
#define HASH_GUID "7255371f-3a3b-4b04-927b-1da6efa8d454"
#define METADATA_GUID "dc886566-984a-4798-a75e-5585a7bf67cc"
#define SVSM_GUID "a789a612-0597-4c4b-a49f-cbb1fe9d1ddd"
/* gEfiSystemNvDataFvGuid: the file system of a firmware volume that holds variables. */
#define VARIABLES_GUID "fff12b8d-7696-4c8b-a985-2747075b4f50"

struct image {
    const uint8_t *data;
    size_t size;
    struct cvm_arena *arena;
    struct cvm_ovmf *ovmf;
    unsigned seen; /* kinds of entries, a bit each */
};

/* Notes a whole sentence without a full stop, of the image's name and more; the first thing that is
 * wrong stays. Whoever only records what an image says goes on with the rest. */
static void
break_off(struct image *image, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
break_off(struct image *image, const char *format, ...)
{
    g_autofree char *sentence = NULL;
    va_list arguments;

    if (image->ovmf->broken) {
        return;
    }
    va_start(arguments, format);
    sentence = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    image->ovmf->broken = cvm_arena_strdup(image->arena, sentence);
}

static size_t
offset_of(const struct image *image, const uint8_t *at)
{
    return (size_t)(at - image->data);
}

/* ---- entries ---- */

static void
take_reset(struct image *image, const uint8_t *data)
{
    image->ovmf->has_reset_block = TRUE;
    image->ovmf->reset_address = cvm_get_u32(data);
}

static void
take_hash_table(struct image *image, const uint8_t *data)
{
    image->ovmf->has_hash_table = TRUE;
    image->ovmf->hash_base = cvm_get_u32(data);
    image->ovmf->hash_size = cvm_get_u32(data + 4);
}

static void
take_secret_area(struct image *image, const uint8_t *data)
{
    image->ovmf->has_secret_area = TRUE;
    image->ovmf->secret_base = cvm_get_u32(data);
    image->ovmf->secret_size = cvm_get_u32(data + 4);
}

static void
take_svsm(struct image *image, const uint8_t *data)
{
    image->ovmf->has_svsm = TRUE;
    image->ovmf->svsm_entry = cvm_get_u32(data);
}

static gboolean
is_plausible(const struct cvm_ovmf_section *section)
{
    return section->size > 0 && (uint64_t)section->address + section->size <= UINT32_MAX &&
           section->address % 4096 == 0 && section->size % 4096 == 0;
}

static int
compare_addresses(const void *a, const void *b)
{
    const struct cvm_ovmf_section *left = a, *right = b;

    return (left->address > right->address) - (left->address < right->address);
}

/* Sections that do not overlap also bound what there is to measure to 4 GiB, however many there
 * are. */
static void
check_overlap(struct image *image)
{
    unsigned count = image->ovmf->n_sections;
    g_autofree struct cvm_ovmf_section *sorted =
        g_memdup2(image->ovmf->sections, count * sizeof *sorted);

    if (!sorted) { /* there are none */
        return;
    }
    qsort(sorted, count, sizeof *sorted, compare_addresses);
    for (unsigned i = 1; i < count; i++) {
        if (sorted[i].address - sorted[i - 1].address < sorted[i - 1].size) {
            break_off(image,
                      _("two sections of the SEV metadata of '%1$s' overlap, at 0x%2$x and 0x%3$x: "
                        "use an image that is whole"),
                      image->ovmf->path, sorted[i - 1].address, sorted[i].address);
            return;
        }
    }
}

static void
take_sections(struct image *image, const uint8_t *at, uint32_t count)
{
    struct cvm_ovmf_section *sections =
        cvm_arena_array(image->arena, struct cvm_ovmf_section, count);

    for (uint32_t i = 0; i < count; i++, at += SECTION_SIZE) {
        sections[i].address = cvm_get_u32(at);
        sections[i].size = cvm_get_u32(at + 4);
        sections[i].type = cvm_get_u32(at + 8);
        if (!is_plausible(&sections[i])) {
            break_off(image,
                      _("section %1$u of the SEV metadata of '%2$s' (offset %3$zu: address 0x%4$x, "
                        "size 0x%5$x) is none of whole pages below 4 GiB: use an image that is "
                        "whole"),
                      i + 1, image->ovmf->path, offset_of(image, at), sections[i].address,
                      sections[i].size);
            return;
        }
    }
    image->ovmf->has_metadata = TRUE;
    image->ovmf->sections = sections;
    image->ovmf->n_sections = count;
    check_overlap(image);
}

/* "ASEV", u32 length of the whole block, u32 version 1, u32 count, then u32 address, size and type
 * each; the entry's data is the distance of the header from the end of the file. */
static void
take_metadata(struct image *image, const uint8_t *data)
{
    size_t distance = cvm_get_u32(data);
    const uint8_t *header = image->data + image->size - distance;
    uint32_t length, count;

    if (distance < METADATA_HEADER_SIZE || distance > image->size ||
        memcmp(header, "ASEV", 4) != 0 || cvm_get_u32(header + 8) != 1) {
        break_off(image,
                  _("the table of '%1$s' says at offset %2$zu that SEV metadata begins %3$zu bytes "
                    "before the end, where there is none of version 1: use an image that is "
                    "whole"),
                  image->ovmf->path, offset_of(image, data), distance);
        return;
    }
    length = cvm_get_u32(header + 4);
    count = cvm_get_u32(header + 12);
    if (length > distance || length < METADATA_HEADER_SIZE ||
        count > (length - METADATA_HEADER_SIZE) / SECTION_SIZE) {
        break_off(image,
                  _("the SEV metadata of '%1$s', at offset %2$zu, says that it has %3$u bytes "
                    "with %4$u sections, which is more than there is room for: use an image that "
                    "is whole"),
                  image->ovmf->path, offset_of(image, header), length, count);
        return;
    }
    take_sections(image, header + METADATA_HEADER_SIZE, count);
}

/* The first of a kind counts, as for QEMU; which one another reader takes nobody knows. */
static void
take_entry(struct image *image, const uint8_t *guid, const uint8_t *data, size_t size)
{
    static const struct {
        const char *guid;
        size_t size; /* at least */
        void (*take)(struct image *, const uint8_t *);
    } kinds[] = { { RESET_GUID, 4, take_reset },
                  { HASH_GUID, 8, take_hash_table },
                  { SECRET_GUID, 8, take_secret_area },
                  { METADATA_GUID, 4, take_metadata },
                  { SVSM_GUID, 4, take_svsm } };

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (!cvm_guid_is(guid, kinds[i].guid)) {
            continue;
        }
        if (image->seen & 1U << i) {
            break_off(image,
                      _("the table of '%1$s' has the entry '%2$s' twice, the second time at offset "
                        "%3$zu, and nobody knows which one counts: use an image that is whole"),
                      image->ovmf->path, kinds[i].guid, offset_of(image, data));
        } else if (size < kinds[i].size) {
            break_off(image,
                      _("the table of '%1$s' has at offset %2$zu an entry '%3$s' of %4$zu bytes, "
                        "which is too short: use an image that is whole"),
                      image->ovmf->path, offset_of(image, data), kinds[i].guid, size);
        } else {
            kinds[i].take(image, data);
        }
        image->seen |= 1U << i;
    }
}

/* Entries from end down to start; FALSE where the chain is broken. */
static gboolean
walk_entries(struct image *image, const uint8_t *start, const uint8_t *end)
{
    while (end - start >= TRAILER_SIZE) {
        const uint8_t *guid = end - CVM_GUID_SIZE;
        size_t length = cvm_get_u16(guid - 2);

        if (length < TRAILER_SIZE || length > (size_t)(end - start)) {
            break_off(image,
                      _("the table of '%1$s' has at offset %2$zu an entry whose length %3$zu leads "
                        "out of it: use an image that is whole"),
                      image->ovmf->path, offset_of(image, guid - 2), length);
            return FALSE;
        }
        take_entry(image, guid, end - length, length - TRAILER_SIZE);
        end -= length;
    }
    return TRUE; /* a rest too short for an entry is left alone, as QEMU does */
}

/* Base 0 is no area. */
static void
check_area(struct image *image, const char *guid, uint32_t base, uint32_t size)
{
    if (base != 0 && (uint64_t)base + size > UINT32_MAX) {
        break_off(image,
                  _("the area of entry '%1$s' of '%2$s' (address 0x%3$x, size 0x%4$x) leads out of "
                    "the first 4 GiB: use an image that is whole"),
                  guid, image->ovmf->path, base, size);
    }
}

/* A secret is written where hashes are, or the reverse. */
static void
check_areas(struct image *image)
{
    const struct cvm_ovmf *ovmf = image->ovmf;

    if (ovmf->hash_base != 0 && ovmf->secret_base != 0 &&
        (uint64_t)ovmf->hash_base < (uint64_t)ovmf->secret_base + ovmf->secret_size &&
        (uint64_t)ovmf->secret_base < (uint64_t)ovmf->hash_base + ovmf->hash_size) {
        break_off(image,
                  _("the areas of '%1$s' for hashes (0x%2$x) and for a secret (0x%3$x) overlap: "
                    "use an image that is whole"),
                  ovmf->path, ovmf->hash_base, ovmf->secret_base);
    }
}

static void
take_table(struct image *image, const uint8_t *end)
{
    size_t room = (size_t)(end - image->data), length = cvm_get_u16(end - TRAILER_SIZE);

    if (length < TRAILER_SIZE || length > room) {
        break_off(image,
                  _("the table at the end of '%1$s' says at offset %2$zu that it has %3$zu bytes, "
                    "which is less than one entry or more than there are: use an image that is "
                    "whole"),
                  image->ovmf->path, offset_of(image, end - TRAILER_SIZE), length);
    } else if (walk_entries(image, end - length, end - TRAILER_SIZE)) {
        image->ovmf->has_table = TRUE;
        check_area(image, HASH_GUID, image->ovmf->hash_base, image->ovmf->hash_size);
        check_area(image, SECRET_GUID, image->ovmf->secret_base, image->ovmf->secret_size);
        check_areas(image);
        return;
    }
    *image->ovmf = (struct cvm_ovmf){
        .path = image->ovmf->path,
        .size = image->ovmf->size,
        .has_vars = image->ovmf->has_vars,
        .broken = image->ovmf->broken,
    };
}

/* Images of before the table have the reset block's GUID where the table's footer is today; QEMU
 * accepts them still. */
static void
take_legacy_reset(struct image *image, const uint8_t *end)
{
    size_t room = (size_t)(end - image->data), length = cvm_get_u16(end - TRAILER_SIZE);

    if (length >= TRAILER_SIZE + 4 && length <= room) {
        take_reset(image, end - length);
    } else {
        break_off(image,
                  _("the reset block at the end of '%1$s' says at offset %2$zu that it has %3$zu "
                    "bytes, which is less than an address takes or more than there are: use an "
                    "image that is whole"),
                  image->ovmf->path, offset_of(image, end - TRAILER_SIZE), length);
    }
}

/* EFI_FIRMWARE_VOLUME_HEADER (PI specification, volume 3): 16 zero bytes, the file system's GUID,
 * length, "_FVH". */
static gboolean
starts_with_variables(const uint8_t *data, size_t size)
{
    return size >= 44 && cvm_guid_is(data + 16, VARIABLES_GUID) &&
           memcmp(data + 40, "_FVH", 4) == 0;
}

void
cvm_ovmf_parse(struct cvm_arena *arena, const char *path, const uint8_t *data, size_t size,
               struct cvm_ovmf *ovmf)
{
    struct image image = { data, size, arena, ovmf, 0 };
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
    if (cvm_guid_is(end - CVM_GUID_SIZE, FOOTER_GUID)) {
        take_table(&image, end);
    } else if (cvm_guid_is(end - CVM_GUID_SIZE, RESET_GUID)) {
        take_legacy_reset(&image, end);
    }
}
