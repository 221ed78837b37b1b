/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvirt told whoever collected an sosreport (the plugin "virsh" of sos): `virsh -r …`. */
#include <string.h>

#include "capture/files.h"
#include "read/read.h"
#include "util/number.h"

#define VIRSH "/sos_commands/virsh/virsh_-r_"

static void
take_capabilities(struct cvm_files *files, const char *path, gboolean told)
{
    size_t size = 0;
    g_autofree char *text =
        told ? NULL : cvm_tree_read(files->tree, path, CVM_LIMIT_XML, CVM_TREE_WHOLE, &size);

    if (text && cvm_xml_is_likely(text, size)) {
        (void)cvm_record_add_capabilities(files->record, text, size, NULL);
    }
}

/* "Using library: libvirt 9.0.0", "Running hypervisor: QEMU 7.2.22" */
static void
take_version(const char *text, const char *start, unsigned *version)
{
    const char *line = strstr(text, start);
    const char *value = line ? line + strlen(start) : "";
    g_autofree char *word = g_strndup(value, strcspn(value, " \n"));
    unsigned number;

    if (*version == 0 && cvm_version_parse(word, &number)) {
        *version = number;
    }
}

static void
take_versions(struct cvm_files *files)
{
    g_autofree char *text = cvm_files_text(files, VIRSH "version");

    if (text) {
        take_version(text, "Using library: libvirt ", &files->host->libvirt_version);
        take_version(text, "Running hypervisor: QEMU ", &files->host->qemu_version);
    }
}

void
cvm_files_take_virsh(struct cvm_files *files)
{
    take_capabilities(files, VIRSH "domcapabilities", files->record->domcaps != NULL);
    take_capabilities(files, VIRSH "capabilities", files->record->caps != NULL);
    take_versions(files);
}
