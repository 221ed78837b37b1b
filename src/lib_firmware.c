/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exported functions of <cvmdom/firmware.h>. */
#include <string.h>

#include "lib.h"
#include "read/read.h"
#include "util/arena.h"
#include "util/error.h"
#include "util/file.h"

#define LIMIT_FIRMWARE (64U << 20)

struct cvmdom_firmware {
    struct cvm_arena *arena; /* of what ovmf points to */
    struct cvm_ovmf ovmf;
    unsigned char *data;
    size_t size;
};

/* Takes data over. */
static cvmdom_firmware *
make_firmware(const char *name, unsigned char *data, size_t size, cvmdom_error **error)
{
    cvmdom_firmware *firmware = g_new0(cvmdom_firmware, 1);

    firmware->arena = cvm_arena_new();
    firmware->data = data;
    firmware->size = size;
    cvm_ovmf_parse(firmware->arena, cvm_arena_strdup(firmware->arena, name), data, size,
                   &firmware->ovmf);
    if (firmware->ovmf.broken) {
        GError *cause = NULL;

        cvm_error_set_at(&cause, CVM_ERROR_SYNTAX, name, 0, 0, "%s", firmware->ovmf.broken);
        give_error(error, cause);
        cvmdom_firmware_free(firmware);
        return NULL;
    }
    return firmware;
}

cvmdom_firmware *
cvmdom_firmware_read(const char *path, cvmdom_error **error)
{
    GError *cause = NULL;
    char *data;
    size_t size;

    if (cvm_file_read_regular(path, LIMIT_FIRMWARE, &data, &size, &cause) < 0) {
        give_error(error, cause);
        return NULL;
    }
    return make_firmware(path, (unsigned char *)data, size, error);
}

cvmdom_firmware *
cvmdom_firmware_parse(const char *name, const unsigned char *data, size_t size,
                      cvmdom_error **error)
{
    return make_firmware(name, g_memdup2(data, size), size, error);
}

void
cvmdom_firmware_free(cvmdom_firmware *firmware)
{
    if (firmware) {
        cvm_arena_free(firmware->arena);
        g_free(firmware->data);
        g_free(firmware);
    }
}

const char *
cvmdom_firmware_name(const cvmdom_firmware *firmware)
{
    return firmware->ovmf.path;
}

const unsigned char *
cvmdom_firmware_data(const cvmdom_firmware *firmware, size_t *size)
{
    *size = firmware->size;
    return firmware->data;
}

void
cvmdom_firmware_describe(const cvmdom_firmware *firmware, struct cvmdom_firmware_facts *facts)
{
    const struct cvm_ovmf *ovmf = &firmware->ovmf;

    *facts = (struct cvmdom_firmware_facts){
        .has_table = ovmf->has_table,
        .has_reset = ovmf->has_reset_block,
        .reset = ovmf->reset_address,
        .hashes = ovmf->hash_base,
        .hashes_size = ovmf->hash_size,
        .secret = ovmf->secret_base,
        .secret_size = ovmf->secret_size,
        .has_metadata = ovmf->has_metadata,
        .sections = ovmf->n_sections,
        .has_svsm = ovmf->has_svsm,
        .svsm_entry = ovmf->svsm_entry,
    };
}

int
cvmdom_firmware_section_at(const cvmdom_firmware *firmware, size_t i,
                           struct cvmdom_firmware_section *section)
{
    const struct cvm_ovmf *ovmf = &firmware->ovmf;

    if (i >= ovmf->n_sections) {
        return -1;
    }
    *section = (struct cvmdom_firmware_section){
        .address = ovmf->sections[i].address,
        .size = ovmf->sections[i].size,
        .type = ovmf->sections[i].type,
    };
    return 0;
}
