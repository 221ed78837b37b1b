/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The firmware of a host as its report shows it: images and descriptors put together. */
#include "report/host.h"

static struct cvm_report_firmware *
find_firmware(GArray *list, const char *path)
{
    for (guint i = 0; i < list->len; i++) {
        struct cvm_report_firmware *item = &g_array_index(list, struct cvm_report_firmware, i);

        if (g_str_equal(item->path, path)) {
            return item;
        }
    }
    return NULL;
}

GArray *
cvm_report_list_firmware(const struct cvm_host *host)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(struct cvm_report_firmware));

    for (unsigned i = 0; i < host->n_images; i++) {
        struct cvm_report_firmware item = { host->images[i].path, &host->images[i], NULL };

        g_array_append_val(list, item);
    }
    for (unsigned i = 0; i < host->n_firmware; i++) {
        struct cvm_report_firmware item = { host->firmware[i].executable, NULL,
                                            &host->firmware[i] };
        struct cvm_report_firmware *known = find_firmware(list, item.path);

        if (!known) {
            g_array_append_val(list, item);
        } else if (!known->descriptor) {
            known->descriptor = item.descriptor; /* libvirt's first choice */
        }
    }
    return list;
}

gboolean
cvm_report_firmware_carries(const struct cvm_host *host, const struct cvm_report_firmware *firmware,
                            enum cvm_guest guest)
{
    for (unsigned i = 0; i < host->n_firmware; i++) {
        const struct cvm_firmware *descriptor = &host->firmware[i];
        /* QEMU has no SMM for guests whose processor state is encrypted. */
        gboolean smm = guest == CVM_GUEST_SEV && cvm_firmware_has(descriptor, "requires-smm");

        if (g_strcmp0(descriptor->executable, firmware->path) == 0 &&
            cvm_firmware_fits(host, descriptor, guest, smm, FALSE)) {
            return TRUE;
        }
    }
    return firmware->image && cvm_image_is_complete(firmware->image) &&
           cvm_image_fits(firmware->image, guest, FALSE);
}
