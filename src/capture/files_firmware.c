/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Firmware descriptors, word for word, and what the images say of themselves. */
#include <string.h>

#include "capture/files.h"
#include "read/host.h"

/* Elsewhere than here a folder that is missing is one that nobody copied. */
static gboolean
are_told(const struct cvm_files *files)
{
    return files->here || cvm_files_have(files, "/usr/share/qemu/firmware") ||
           cvm_files_have(files, "/etc/qemu/firmware");
}

/* What cannot be read, or is no text, would be another one in the record: an empty one masks. */
static gboolean
is_readable(const struct cvm_descriptor *descriptor)
{
    return descriptor->text && strlen(descriptor->text) == descriptor->size &&
           g_utf8_validate(descriptor->text, (gssize)descriptor->size, NULL);
}

void
cvm_files_take_firmware(struct cvm_files *files)
{
    g_autoptr(GArray) found =
        are_told(files) ? cvm_host_find_descriptors(files->arena, files->tree, NULL) : NULL;

    for (guint i = 0; found && i < found->len; i++) {
        const struct cvm_descriptor *descriptor = &g_array_index(found, struct cvm_descriptor, i);
        struct cvm_capture_file file = { .path = descriptor->path, .text = descriptor->text };

        if (is_readable(descriptor)) {
            g_array_append_val(files->record->descriptors, file);
        }
    }
    if (found) {
        cvm_host_take_descriptors(files->host, (struct cvm_descriptor *)(void *)found->data,
                                  found->len);
    }
    cvm_host_read_images(files->host, files->tree);
}
