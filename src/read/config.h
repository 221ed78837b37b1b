/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configuration files: one by name, or the nearest above an input. */
#ifndef CVM_READ_CONFIG_H
#define CVM_READ_CONFIG_H

#include "model/config.h"

#define CVM_CONFIG_NAME ".cvmdom.yaml"

/* A file by its path; NULL for one that cannot be read, is no YAML, or holds anything unknown: what
 * is not understood might have been meant to make a check stricter. */
struct cvm_config *
cvm_config_read(const char *path, GError **error);
/* The same of its bytes. */
struct cvm_config *
cvm_config_parse(const char *path, const char *data, size_t size, GError **error);

/* The JSON Schema (2020-12) of such a file, printed from the table of its keys; the caller's to
 * g_free(). */
char *
cvm_config_schema(void);

/* config_find.c: folders that were looked into, each once, and the files that were found there. */
struct cvm_config_folders;

/* check judges each file that is found, once; what it fails with is what finding it fails with. */
struct cvm_config_folders *
cvm_config_folders_new(int (*check)(const struct cvm_config *config, GError **error));
void
cvm_config_folders_free(struct cvm_config_folders *folders);

/* *config becomes the nearest file in the folder of an input or one above it, as the input's path
 * has them: up to a folder that holds .git, or the root. NULL when there is none. It is borrowed.
 * "-" is in the current folder. */
int
cvm_config_find(struct cvm_config_folders *folders, const char *input,
                const struct cvm_config **config, GError **error);

#endif
