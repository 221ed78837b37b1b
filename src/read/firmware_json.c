/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* QEMU's firmware descriptors: the format and the search are docs/interop/firmware.json of QEMU,
 * what counts as malformed is what libvirt's parser refuses (qemu_firmware.c). */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "read/host.h"
#include "util/error.h"
#include "util/i18n.h"

/* ---- one descriptor ---- */

static const char *
text_of(struct cvm_arena *arena, const json_t *object, const char *key)
{
    return cvm_arena_strdup(arena, json_string_value(json_object_get(object, key)));
}

/* Any of the words of the array; elements that are no strings are left out. */
static void
take_words(struct cvm_arena *arena, const json_t *array, struct cvm_strings *list)
{
    size_t size = json_array_size(array);

    list->items = cvm_arena_array(arena, const char *, size + 1);
    for (size_t i = 0; i < size; i++) {
        const char *word = json_string_value(json_array_get(array, i));

        if (word) {
            list->items[list->count++] = cvm_arena_strdup(arena, word);
        }
    }
}

static gboolean
take_interfaces(struct cvm_arena *arena, const json_t *root, struct cvm_firmware *firmware)
{
    static const char *const known[] = { "bios", "openfirmware", "uboot", "uefi", NULL };

    take_words(arena, json_object_get(root, "interface-types"), &firmware->interfaces);
    for (unsigned i = 0; i < firmware->interfaces.count; i++) {
        if (!g_strv_contains(known, firmware->interfaces.items[i])) {
            return FALSE;
        }
    }
    return firmware->interfaces.count > 0;
}

static gboolean
take_flash(struct cvm_arena *arena, const json_t *mapping, struct cvm_firmware *firmware)
{
    static const struct {
        const char *mode;
        enum cvm_firmware_device device;
    } modes[] = { { "split", CVM_FIRMWARE_FLASH_SPLIT },
                  { "combined", CVM_FIRMWARE_FLASH_COMBINED },
                  { "stateless", CVM_FIRMWARE_FLASH_STATELESS } };
    const json_t *executable = json_object_get(mapping, "executable");
    const json_t *nvram = json_object_get(mapping, "nvram-template");
    const json_t *mode = json_object_get(mapping, "mode");
    const char *name = mode ? json_string_value(mode) : "split"; /* since QEMU 7.0 */
    size_t i = 0;

    while (i < G_N_ELEMENTS(modes) && g_strcmp0(modes[i].mode, name) != 0) {
        i++;
    }
    if (i == G_N_ELEMENTS(modes)) {
        return FALSE;
    }
    firmware->device = modes[i].device;
    firmware->executable = text_of(arena, executable, "filename");
    firmware->executable_format = text_of(arena, executable, "format");
    if (!firmware->executable || !firmware->executable_format) {
        return FALSE;
    }
    if (firmware->device != CVM_FIRMWARE_FLASH_SPLIT) {
        return TRUE;
    }
    firmware->nvram_template = text_of(arena, nvram, "filename");
    firmware->nvram_format = text_of(arena, nvram, "format");
    return firmware->nvram_template && firmware->nvram_format;
}

static gboolean
take_mapping(struct cvm_arena *arena, const json_t *mapping, struct cvm_firmware *firmware)
{
    static const struct {
        const char *name;
        enum cvm_firmware_device device;
    } files[] = { { "memory", CVM_FIRMWARE_MEMORY },
                  { "kernel", CVM_FIRMWARE_KERNEL },
                  { "igvm", CVM_FIRMWARE_IGVM } };
    const char *device = json_string_value(json_object_get(mapping, "device"));

    if (g_strcmp0(device, "flash") == 0) {
        return take_flash(arena, mapping, firmware);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        if (g_strcmp0(device, files[i].name) == 0) {
            firmware->device = files[i].device;
            firmware->executable = text_of(arena, mapping, "filename");
            return firmware->executable != NULL;
        }
    }
    return FALSE;
}

static gboolean
take_targets(struct cvm_arena *arena, const json_t *targets, struct cvm_firmware *firmware)
{
    size_t n_targets = json_array_size(targets), room = 1;
    struct cvm_strings *list = &firmware->targets;

    for (size_t i = 0; i < n_targets; i++) {
        room += json_array_size(json_object_get(json_array_get(targets, i), "machines"));
    }
    list->items = cvm_arena_array(arena, const char *, room);
    for (size_t i = 0; i < n_targets; i++) {
        const json_t *target = json_array_get(targets, i);
        const json_t *machines = json_object_get(target, "machines");
        const char *arch = json_string_value(json_object_get(target, "architecture"));

        if (!arch || !json_is_array(machines)) {
            return FALSE;
        }
        for (size_t j = 0; j < json_array_size(machines); j++) {
            const char *machine = json_string_value(json_array_get(machines, j));

            if (!machine) {
                return FALSE;
            }
            list->items[list->count++] = cvm_arena_printf(arena, "%s %s", arch, machine);
        }
    }
    return json_is_array(targets);
}

static gboolean
parse_descriptor(struct cvm_arena *arena, const struct cvm_descriptor *from,
                 struct cvm_firmware *firmware)
{
    json_t *root = from->text ? json_loadb(from->text, from->size, 0, NULL) : NULL;
    const json_t *features = json_object_get(root, "features");
    gboolean good;

    *firmware = (struct cvm_firmware){ .path = from->path };
    firmware->description = text_of(arena, root, "description");
    good = take_interfaces(arena, root, firmware) &&
           take_mapping(arena, json_object_get(root, "mapping"), firmware) &&
           take_targets(arena, json_object_get(root, "targets"), firmware) &&
           json_is_array(features);
    take_words(arena, features, &firmware->features);
    json_decref(root);
    return good;
}

/* ---- the list ---- */

static const char *
base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* By file name; of two with the same name the one that was found later comes first. */
static int
compare_descriptors(const void *a, const void *b)
{
    const struct cvm_descriptor *left = a, *right = b;
    int order = strcmp(base_name(left->path), base_name(right->path));

    return order ? order : (left->turn < right->turn) - (left->turn > right->turn);
}

void
cvm_host_take_descriptors(struct cvm_host *host, struct cvm_descriptor *found, unsigned count)
{
    const char *last = NULL;

    for (unsigned i = 0; i < count; i++) {
        found[i].turn = i;
    }
    if (count > 1) {
        qsort(found, count, sizeof *found, compare_descriptors);
    }
    host->has_firmware = TRUE;
    host->n_firmware = 0;
    host->malformed_firmware = NULL;
    host->firmware = cvm_arena_array(host->arena, struct cvm_firmware, count);
    for (unsigned i = 0; i < count; i++) {
        gboolean hidden = last && g_str_equal(last, base_name(found[i].path));

        last = base_name(found[i].path);
        if (hidden || (found[i].text && found[i].size == 0)) {
            continue;
        }
        if (parse_descriptor(host->arena, &found[i], &host->firmware[host->n_firmware])) {
            host->n_firmware++;
        } else if (!host->malformed_firmware) {
            host->malformed_firmware = found[i].path;
        }
    }
}

/* ---- the search ---- */

/* From the general to the specific folder. libvirt's system daemon reads no home folder. */
static const char *const folders[] = { "/usr/share/qemu/firmware", "/etc/qemu/firmware" };

/* Images that descriptors leave out although they can carry confidential guests: Debian and Ubuntu,
 * Fedora, Arch, openSUSE. */
static const char *const known_images[] = {
    "/usr/share/ovmf/OVMF.fd",
    "/usr/share/ovmf/OVMF.amdsev.fd",
    "/usr/share/OVMF/OVMF.amdsev.fd",
    "/usr/share/OVMF/OVMF_CODE.fd",
    "/usr/share/OVMF/OVMF_CODE_4M.fd",
    "/usr/share/edk2/ovmf/OVMF.amdsev.fd",
    "/usr/share/edk2/ovmf/OVMF_CODE.fd",
    "/usr/share/edk2/x64/OVMF.4m.fd",
    "/usr/share/edk2/x64/OVMF_CODE.4m.fd",
    "/usr/share/qemu/ovmf-x86_64-sev.bin",
    "/usr/share/qemu/ovmf-x86_64.bin",
};

enum { MAX_DESCRIPTORS = 256 }; /* of a folder; distributions have about ten */

static void
read_descriptor(struct cvm_arena *arena, const struct cvm_tree *tree, const char *path,
                GArray *found)
{
    struct cvm_descriptor descriptor = { .path = cvm_arena_strdup(arena, path) };
    g_autofree char *text = NULL;
    struct stat status;

    if (cvm_tree_stat(tree, path, &status) < 0 || !S_ISREG(status.st_mode)) {
        return;
    }
    text = cvm_tree_read(tree, path, CVM_LIMIT_DESCRIPTOR, CVM_TREE_WHOLE, &descriptor.size);
    if (text) {
        descriptor.text = cvm_arena_strndup(arena, text, descriptor.size);
    }
    g_array_append_val(found, descriptor);
}

static int
search_folder(struct cvm_arena *arena, const struct cvm_tree *tree, const char *folder,
              GArray *found, GError **error)
{
    g_autoptr(GPtrArray) names = cvm_tree_list(tree, folder);

    if (!names) {
        return errno == ENOENT ? 0
                               : cvm_error_set_at(error, CVM_ERROR_IO, folder, 0, 0,
                                                  _("cannot read the folder '%1$s': %2$s"), folder,
                                                  g_strerror(errno));
    }
    for (guint i = 0; i < MIN(names->len, MAX_DESCRIPTORS); i++) {
        g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);

        read_descriptor(arena, tree, path, found);
    }
    return 0;
}

static gboolean
is_qcow2(const char *data, size_t size)
{
    return size >= 4 && memcmp(data, "QFI\xfb", 4) == 0;
}

/* What cannot be read, and what is no plain image, tells nothing. */
static void
read_image(struct cvm_host *host, const struct cvm_tree *tree, const char *path, GArray *images)
{
    g_autofree char *data = NULL;
    struct cvm_ovmf image;
    size_t size;

    for (guint i = 0; i < images->len; i++) {
        if (g_str_equal(g_array_index(images, struct cvm_ovmf, i).path, path)) {
            return;
        }
    }
    data = cvm_tree_read(tree, path, CVM_LIMIT_FIRMWARE, CVM_TREE_WHOLE, &size);
    if (!data || is_qcow2(data, size)) {
        return;
    }
    cvm_ovmf_parse(host->arena, cvm_arena_strdup(host->arena, path), (const uint8_t *)data, size,
                   &image);
    g_array_append_val(images, image);
}

void
cvm_host_read_images(struct cvm_host *host, const struct cvm_tree *tree)
{
    g_autoptr(GArray) images = g_array_new(FALSE, TRUE, sizeof(struct cvm_ovmf));

    for (unsigned i = 0; i < host->n_firmware; i++) {
        read_image(host, tree, host->firmware[i].executable, images);
    }
    for (unsigned i = 0; i < host->domcaps.loaders.count; i++) {
        read_image(host, tree, host->domcaps.loaders.items[i], images);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(known_images); i++) {
        read_image(host, tree, known_images[i], images);
    }
    host->n_images = images->len;
    host->images = cvm_arena_array(host->arena, struct cvm_ovmf, images->len);
    if (images->len > 0) {
        memcpy(host->images, images->data, images->len * sizeof *host->images);
    }
}

GArray *
cvm_host_find_descriptors(struct cvm_arena *arena, const struct cvm_tree *tree, GError **error)
{
    g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(struct cvm_descriptor));

    for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
        if (search_folder(arena, tree, folders[i], found, error) < 0) {
            return NULL;
        }
    }
    return g_steal_pointer(&found);
}

int
cvm_host_add_firmware(struct cvm_host *host, const char *root, GError **error)
{
    CVM_AUTO(tree) *tree = cvm_tree_open(root, error);
    g_autoptr(GArray) found = tree ? cvm_host_find_descriptors(host->arena, tree, error) : NULL;

    if (!found) {
        return -1;
    }
    cvm_host_take_descriptors(host, (struct cvm_descriptor *)(void *)found->data, found->len);
    cvm_host_read_images(host, tree);
    return 0;
}
