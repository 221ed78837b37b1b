/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libvirt told whoever collected an sosreport (the plugin "virsh" of sos): `virsh -r …`. */
#include <string.h>

#include "capture/files.h"
#include "read/read.h"
#include "util/number.h"

#define FOLDER "/sos_commands/virsh"
#define VIRSH FOLDER "/virsh_-r_"

enum { MAX_FILES = 4096 }; /* four a guest, and some */

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

/* What describes a guest that runs has its id. */
static gboolean
count_guest(struct cvm_files *files, const char *name)
{
    g_autofree char *path = g_build_filename(FOLDER, name, NULL);
    g_autoptr(GPtrArray) domains = NULL;
    g_autofree char *text = NULL;
    size_t size = 0;

    text = cvm_tree_read(files->tree, path, CVM_FILES_TEXT, CVM_TREE_WHOLE, &size);
    domains = text ? cvm_domain_xml_parse_all(path, text, size, NULL) : NULL;
    if (!domains || domains->len == 0) {
        return FALSE;
    }
    if (cvm_node_attribute(((const struct cvm_domain *)domains->pdata[0])->root, "id")) {
        cvm_record_count_guest(files->record, domains->pdata[0]);
    }
    return TRUE;
}

/* One that could not be described leaves all of them uncounted. */
static void
take_guests(struct cvm_files *files)
{
    g_autoptr(GPtrArray) names = cvm_files_list(files, FOLDER);
    struct cvm_running *running = &files->host->running;
    gboolean complete = names->len <= MAX_FILES;

    if (running->known || !cvm_files_have(files, VIRSH "list_--all")) {
        return;
    }
    cvm_record_count_guest(files->record, NULL);
    for (guint i = 0; i < names->len && complete; i++) {
        if (g_str_has_prefix(names->pdata[i], "virsh_-r_dumpxml_")) {
            complete = count_guest(files, names->pdata[i]);
        }
    }
    if (!complete) {
        *running = (struct cvm_running){ 0 };
    }
}

void
cvm_files_take_virsh(struct cvm_files *files)
{
    take_capabilities(files, VIRSH "domcapabilities", files->record->domcaps != NULL);
    take_capabilities(files, VIRSH "capabilities", files->record->caps != NULL);
    take_versions(files);
    take_guests(files);
}
