/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files below a folder, as a process sees them that has it as its root (chroot): an absolute link
 * starts there anew, and ".." ends there. The folder may be somebody else's: nothing but regular
 * files is opened, and all is bounded. */
#ifndef CVM_UTIL_TREE_H
#define CVM_UTIL_TREE_H

#include <glib.h>
#include <sys/stat.h>

#include "util/auto.h"

struct cvm_tree;

/* "" is "/". Fails with CVM_ERROR_IO when root is no folder that can be read. */
struct cvm_tree *
cvm_tree_open(const char *root, GError **error);
void
cvm_tree_free(struct cvm_tree *tree);
CVM_DEFINE_AUTO(tree)

enum cvm_tree_part {
    CVM_TREE_WHOLE, /* a file larger than limit is not read */
    CVM_TREE_START,
    CVM_TREE_END,
};

/* At most limit bytes of a regular file, NUL-terminated beyond *size (which may be NULL); the
 * caller's to g_free(). NULL with errno when there is none or it cannot be read. */
char *
cvm_tree_read(const struct cvm_tree *tree, const char *path, size_t limit, enum cvm_tree_part part,
              size_t *size);
/* Of what the path leads to, links followed. -1 with errno. */
int
cvm_tree_stat(const struct cvm_tree *tree, const char *path, struct stat *status);
/* Names in a folder but those that start with ".", sorted, at most 65,536; NULL with errno. */
GPtrArray *
cvm_tree_list(const struct cvm_tree *tree, const char *path);

/* The same of a folder that is open, and is closed by this; at most limit names. NULL with errno
 * when it could not be listed to its end. */
GPtrArray *
cvm_folder_list(int fd, guint limit);

#endif
