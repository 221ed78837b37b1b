/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values that know where they came from. A struct of zeros is an unset value. */
#ifndef CVM_MODEL_VALUE_H
#define CVM_MODEL_VALUE_H

#include <stdint.h>

#include "model/node.h"

enum cvm_origin {
    CVM_UNSET,     /* nobody said anything; what libvirt then does is the rule's business */
    CVM_INVALID,   /* given, but unusable; the reader has recorded a problem, rules keep silent */
    CVM_DEFAULTED, /* chosen in resolve/ */
    CVM_GIVEN,     /* by the user */
};

/* Every value starts with this. */
struct cvm_from {
    enum cvm_origin origin;
    const struct cvm_node *node; /* the value itself when given, the nearest container when not */
    const char *reason;          /* of a defaulted value: one translated sentence; else NULL */
};

struct cvm_uint {
    struct cvm_from from;
    uint64_t value;
};

struct cvm_flag {
    struct cvm_from from;
    gboolean value;
};

struct cvm_text {
    struct cvm_from from;
    const char *value; /* NULL unless set */
};

/* Bytes that a profile gives as base64, inline or in a file. */
struct cvm_blob {
    struct cvm_from from;
    const char *base64; /* as written, white space removed; NULL unless set */
    const char *file;   /* path when it came from {file: …}; else NULL */
};

/* Usable: given or defaulted. Takes any value: cvm_is_set(domain->name). */
#define cvm_is_set(v) ((v).from.origin >= CVM_DEFAULTED)
#define cvm_is_given(v) ((v).from.origin == CVM_GIVEN)
#define cvm_is_unset(v) ((v).from.origin == CVM_UNSET)
/* The flag is set, and true (false). An unset flag is neither. */
#define cvm_is_on(v) (cvm_is_set(v) && (v).value)
#define cvm_is_off(v) (cvm_is_set(v) && !(v).value)
/* The text is set, and this word. Closed lists of words stay texts: libvirt's own words are their
 * names. */
#define cvm_text_is(v, word) (cvm_is_set(v) && g_str_equal((v).value, (word)))

#endif
