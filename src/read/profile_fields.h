/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keys of a profile: the one table that the reader, "did you mean", the JSON Schema and the
 * manual page's list of keys are made from. To add a key: a member in model/domain.h, a row here.
 */
#ifndef CVM_READ_PROFILE_FIELDS_H
#define CVM_READ_PROFILE_FIELDS_H

#include "model/domain.h"

enum cvm_field_kind {
    CVM_FIELD_TEXT,    /* struct cvm_text: any text, or one of words, or one of a format */
    CVM_FIELD_FLAG,    /* struct cvm_flag: true or false */
    CVM_FIELD_UINT,    /* struct cvm_uint: decimal or 0x, least to most */
    CVM_FIELD_SIZE,    /* struct cvm_uint in bytes: a number with a unit */
    CVM_FIELD_BLOB,    /* struct cvm_blob: base64, or {file: PATH} */
    CVM_FIELD_POLICY,  /* struct cvm_uint: a number, or a map of the guest type's bits */
    CVM_FIELD_PINS,    /* struct cvm_list of struct cvm_pin: a map of numbers to CPU sets */
    CVM_FIELD_MAP,     /* a struct whose members are the keys of table */
    CVM_FIELD_LIST,    /* struct cvm_list of such structs; a single map stands for a list of one */
    CVM_FIELD_EXTENDS, /* a path; merged in before anything is read, stored nowhere */
};

enum cvm_field_flags {
    CVM_FIELD_REQUIRED = 1 << 0,
    CVM_FIELD_FLAT = 1 << 1, /* of a map: its keys are members of the struct around it */
    CVM_FIELD_BARE = 1 << 2, /* of a list: true is one item with all defaults, false is none */
    CVM_FIELD_SHORT_ONLY = 1 << 3, /* reached through its table's shorthand, never as a key */
    CVM_FIELD_NUMBER = 1 << 4,     /* of a text: a plain number will do ("port: 4444") */
    CVM_FIELD_JUDGED = 1 << 5,     /* words and format are for the schema; a rule judges them */
};

/* What a text must look like. */
struct cvm_text_format {
    const char *noun;                      /* N_("…"): "a MAC address like '52:54:00:12:34:56'" */
    const char *pattern;                   /* both ECMA's and PCRE's; the whole text */
    gboolean (*matches)(const char *text); /* the pattern, by hand; NULL: by GRegex */
    gboolean (*check)(const char *text, char **reason); /* what no pattern can say; may be NULL.
                                                         *reason is the caller's to g_free() */
};

struct cvm_table;

struct cvm_field {
    const char *key; /* NULL ends a table */
    enum cvm_field_kind kind;
    unsigned flags;
    size_t offset;      /* of the value in its struct */
    size_t auto_offset; /* of the struct cvm_flag that the word 'auto' sets; 0: no such word */
    const char *const *words; /* NULL-terminated closed list; NULL: open */
    const struct cvm_text_format *format;
    uint64_t least, most; /* of numbers; most 0 means no upper bound */
    const struct cvm_table *table;
    const char *help; /* one line, for the schema and the manual page */
};

/* The keys of one struct. A scalar may stand for the whole map: it is then the value of the field
 * named shorthand, or of the one named mode when it is one of that field's words. */
struct cvm_table {
    const char *name; /* of the definition in the schema */
    size_t size;      /* of the struct */
    const struct cvm_field *fields;
    const char *shorthand;
    const char *mode;
};

extern const struct cvm_table cvm_profile_table;

/* NULL when the table has no such key. */
const struct cvm_field *
cvm_field_find(const struct cvm_table *table, const char *key);
/* The field that a scalar in place of the map is for; NULL when none is. */
const struct cvm_field *
cvm_field_shorthand(const struct cvm_table *table, const char *scalar);
gboolean
cvm_field_has_word(const struct cvm_field *field, const char *word);

#endif
