/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the readers of a host's parts share. */
#ifndef CVM_READ_HOST_H
#define CVM_READ_HOST_H

#include "read/read.h"
#include "util/tree.h"

/* host_caps.c: <domainCapabilities> and <capabilities> as libvirt prints them. Elements that this
 * version does not know are ignored; a number that is none is CVM_ERROR_UNSUPPORTED at its place.
 */
int
cvm_host_take_domcaps(struct cvm_host *host, const struct cvm_node *root, GError **error);
int
cvm_host_take_caps(struct cvm_host *host, const struct cvm_node *root, GError **error);

/* host_caps.c: the number that an attribute or an element's text is, decimal or 0x…, at most
 * G_MAXUINT; node NULL leaves *value alone. */
int
cvm_host_number(const struct cvm_node *node, unsigned *value, GError **error);
/* A number with its unit attribute in bytes; the unit is KiB when there is none. unit is the
 * element that may carry it. */
int
cvm_host_size(const struct cvm_node *node, const struct cvm_node *unit, uint64_t *bytes,
              GError **error);
/* host_places.c: lists the CPUs of a host whose nodes are known, and puts them into the order in
 * which vCPUs get them: here, once, and not for each guest. */
void
cvm_host_order_places(struct cvm_host *host);
/* host_caps.c: "yes", "Y", "1" / "no", "N", "0"; unknown for anything else and for NULL. */
enum cvm_known
cvm_host_yes_no(const char *text);
/* Children of this name; *list becomes non-NULL even when there is none. */
void
cvm_host_take_texts(struct cvm_arena *arena, const struct cvm_node *parent, const char *name,
                    struct cvm_strings *list);

/* host_machine.c: says that a value of a host record is none, at its place; always -1. */
int
cvm_host_refuse(GError **error, const struct cvm_node *node);
/* As cvm_host_yes_no(), but refuses anything else; node NULL leaves *known alone. */
int
cvm_host_known(const struct cvm_node *node, enum cvm_known *known, GError **error);
/* host_machine.c: what a record tells of processor, kernel, devices and the daemon's settings. */
int
cvm_host_take_machine(struct cvm_host *host, const struct cvm_node *root, GError **error);

/* host_shape.c: only elements and attributes that a host record has, each as often as it may stand,
 * and none missing that is needed. */
int
cvm_host_check_record(const struct cvm_node *root, GError **error);

/* A firmware descriptor as found; text NULL for one that could not be read. */
struct cvm_descriptor {
    const char *path;
    const char *text;
    size_t size;
    unsigned turn; /* set by cvm_host_take_descriptors() */
};

/* firmware_json.c: sorts by file name, drops masked and malformed ones, fills host->firmware.
 * Of two with the same file name the later one counts. Reorders the array. */
void
cvm_host_take_descriptors(struct cvm_host *host, struct cvm_descriptor *found, unsigned count);
/* firmware_json.c: the two halves of cvm_host_add_firmware(). Descriptors as they are found, those
 * that mask others and those that cannot be read among them: an array of struct cvm_descriptor, the
 * caller's to g_array_unref(). */
GArray *
cvm_host_find_descriptors(struct cvm_arena *arena, const struct cvm_tree *tree, GError **error);
/* The images that the host's descriptors and loaders name, and well-known ones, into host. */
void
cvm_host_read_images(struct cvm_host *host, const struct cvm_tree *tree);

#endif
