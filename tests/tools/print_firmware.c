/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints the <firmware> part of a host record: the descriptors below a root, and what the images
 * that they, the arguments and the well-known paths name say of themselves. For make_host.py.
 *
 *   print_firmware ROOT [DOMCAPS.xml] */
#include <stdio.h>

#include "read/read.h"
#include "util/file.h"

static void
print_descriptor(const char *root, const char *path)
{
    g_autofree char *real = g_build_filename(root, path, NULL);
    g_autofree char *text = NULL;
    size_t size;

    if (cvm_file_read(real, CVM_LIMIT_DESCRIPTOR, &text, &size, NULL) == 0) {
        g_autoptr(GString) escaped = g_string_new(g_strchomp(text));

        g_string_replace(escaped, "&", "&amp;", 0);
        g_string_replace(escaped, "<", "&lt;", 0);
        printf("    <descriptor path=\"%s\">%s</descriptor>\n", path, escaped->str);
    }
}

static void
print_sections(const struct cvm_ovmf *image)
{
    printf("      <metadata>\n");
    for (unsigned i = 0; i < image->n_sections; i++) {
        printf("        <section type=\"%u\" address=\"0x%x\" size=\"0x%x\"/>\n",
               image->sections[i].type, image->sections[i].address, image->sections[i].size);
    }
    printf("      </metadata>\n");
}

static void
print_image(const struct cvm_ovmf *image)
{
    printf("    <image path=\"%s\" size=\"%" G_GUINT64_FORMAT
           "\" guidTable=\"%s\" variableStore=\"%s\">\n",
           image->path, (guint64)image->size, image->has_table ? "yes" : "no",
           image->has_vars ? "yes" : "no");
    if (image->has_reset_block) {
        printf("      <resetBlock address=\"0x%x\"/>\n", image->reset_address);
    }
    if (image->has_hash_table) {
        printf("      <hashTable base=\"0x%x\" size=\"0x%x\"/>\n", image->hash_base,
               image->hash_size);
    }
    if (image->has_secret_area) {
        printf("      <secretArea base=\"0x%x\" size=\"0x%x\"/>\n", image->secret_base,
               image->secret_size);
    }
    if (image->has_metadata) {
        print_sections(image);
    }
    printf("    </image>\n");
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    CVM_AUTO(host) *host = argc > 2 ? cvm_host_read(argv[2], &error) : cvm_host_new();

    if (argc < 2 || !host || cvm_host_add_firmware(host, argv[1], &error) < 0) {
        fprintf(stderr, "print_firmware: %s\n",
                error ? error->message : "print_firmware ROOT [DOMCAPS.xml]");
        return 2;
    }
    printf("  <firmware>\n");
    for (unsigned i = 0; i < host->n_firmware; i++) {
        print_descriptor(argv[1], host->firmware[i].path);
    }
    for (unsigned i = 0; i < host->n_images; i++) {
        print_image(&host->images[i]);
    }
    printf("  </firmware>\n");
    return 0;
}
