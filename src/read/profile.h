/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the profile reader share: profile.c loads and puts together, profile_merge.c
 * lays one tree over another, profile_values.c reads a tree into the domain by the field table,
 * profile_launch.c reads the two kinds of value that only launchSecurity has. */
#ifndef CVM_READ_PROFILE_H
#define CVM_READ_PROFILE_H

#include "read/profile_fields.h"
#include "read/read.h"

/* No more problems are listed of this document: do not work out the words of another one. */
gboolean
cvm_profile_is_full(const struct cvm_domain *domain);
/* A problem at node, its text as in printf; silent beyond CVM_LIMIT_PROBLEMS. */
void
cvm_profile_complain(struct cvm_domain *domain, enum cvm_problem_kind kind,
                     const struct cvm_node *node, gboolean at_key, const char *fix,
                     const char *format, ...) G_GNUC_PRINTF(6, 7);
/* The same for a value of the wrong kind, which becomes CVM_INVALID. format has the value's path
 * and text as its arguments 1 and 2 and may use either. */
void
cvm_profile_reject(struct cvm_domain *domain, enum cvm_problem_kind kind, struct cvm_from *from,
                   const struct cvm_node *node, const char *format);

/* Reads the members of a map into the struct at base; a required key that is missing is a problem
 * of the map. */
void
cvm_profile_read_map(struct cvm_domain *domain, const struct cvm_table *table, void *base,
                     const struct cvm_node *map);
void
cvm_profile_read_policy(struct cvm_domain *domain, const struct cvm_field *field,
                        struct cvm_uint *to, const struct cvm_node *node);
void
cvm_profile_read_blob(struct cvm_domain *domain, const struct cvm_field *field, struct cvm_blob *to,
                      const struct cvm_node *node);

/* The kind of guest that launchSecurity.type of a tree asks for; CVM_GUEST_OTHER when it is no kind
 * that this library knows. */
enum cvm_guest
cvm_profile_guest(const struct cvm_node *root);

/* A path in the file that node comes from, relative to that file's folder; the caller's to
 * g_free(). */
char *
cvm_profile_path(const struct cvm_node *node, const char *path);

/* over laid over base: maps merge, anything else replaces; all nodes are copies and keep their
 * places. NULL when there are more than *budget. Keys of either may be in short form ("memory:
 * 8GiB"). */
struct cvm_node *
cvm_profile_merge(struct cvm_arena *arena, const struct cvm_node *base, const struct cvm_node *over,
                  unsigned *budget);

/* An override of the command line, KEY.PATH[0].KEY=VALUE. */
struct cvm_profile_set {
    struct cvm_source source;
    char **steps; /* "devices", "disk", "[0]", "source" */
    unsigned *columns;
    struct cvm_node *value; /* NULL: the key is to be removed */
};

/* Fails with CVM_ERROR_USAGE. */
int
cvm_profile_set_parse(struct cvm_arena *arena, const char *text, struct cvm_profile_set *set,
                      GError **error);
/* Changes the tree; fails with CVM_ERROR_USAGE when the path leads nowhere. */
int
cvm_profile_set_apply(struct cvm_arena *arena, const struct cvm_profile_set *set,
                      struct cvm_node *root, unsigned *budget, GError **error);

/* Well-formed XML, no document type, no entities; elements only, each in a namespace. */
gboolean
cvm_profile_check_metadata(const char *text, char **reason);

#endif
