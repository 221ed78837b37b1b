/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which findings count: what a command line or a .cvmdom.yaml says of it. What its patterns mean is
 * known to rules/, which knows the rules. */
#ifndef CVM_MODEL_CONFIG_H
#define CVM_MODEL_CONFIG_H

#include "model/finding.h"
#include "util/auto.h"

enum cvm_config_verb {
    CVM_CONFIG_SELECT, /* run these rules, and no others */
    CVM_CONFIG_IGNORE, /* do not run these */
    CVM_CONFIG_SEVERITY,
};

struct cvm_config_entry {
    enum cvm_config_verb verb;
    const char *pattern;        /* a rule's id, its name, or the beginning of ids ("CVM2") */
    enum cvm_severity severity; /* of CVM_CONFIG_SEVERITY */
    const char *files;          /* glob of the files it is for; NULL: all */
    unsigned line, column;      /* in the config's file */
};

struct cvm_config {
    struct cvm_arena *arena; /* owns this struct and its texts */
    const char *name;        /* of the file, as messages call it; NULL: the caller's own words */
    const char *folder;      /* absolute: globs are relative to it; NULL */
    GArray *entries;         /* of struct cvm_config_entry, in the order they were given */
    const char *host;        /* as for --host, relative paths joined to the file's folder; NULL */
    gboolean has_fail_on;
    enum cvm_severity fail_on;
};

/* Texts are copied. */
struct cvm_config *
cvm_config_new(const char *name, const char *folder);
void
cvm_config_free(struct cvm_config *config);
CVM_DEFINE_AUTO(config)

/* Appends one entry a pattern of a list with commas; blanks around them do not matter. The entry's
 * pattern is a copy, its place is taken over. FALSE, and nothing appended, when one is empty. */
gboolean
cvm_config_add(struct cvm_config *config, struct cvm_config_entry entry, const char *patterns);

/* Whether an entry is for a file; path is absolute. */
gboolean
cvm_config_entry_applies(const struct cvm_config *config, const struct cvm_config_entry *entry,
                         const char *path);

#endif
