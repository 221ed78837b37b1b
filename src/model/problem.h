/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a reader noticed and could not put into the model. The 1xx rules turn problems into
 * findings, so that they are listed, explained and suppressed like all others. */
#ifndef CVM_MODEL_PROBLEM_H
#define CVM_MODEL_PROBLEM_H

#include "model/node.h"

enum { CVM_LIMIT_PROBLEMS = 200 /* that are listed of one document */ };

enum cvm_problem_kind {
    CVM_PROBLEM_UNKNOWN_KEY,
    CVM_PROBLEM_WRONG_TYPE,
    CVM_PROBLEM_DUPLICATE_KEY,
    CVM_PROBLEM_MISSING_KEY,
    CVM_PROBLEM_EXTENDS,
    CVM_PROBLEM_BLOB,
    CVM_PROBLEM_SCHEMA, /* libvirt's schema refuses it */
    CVM_PROBLEM_POLICY, /* a policy that is no number and no set of names */
};

struct cvm_problem {
    struct cvm_problem *next;
    enum cvm_problem_kind kind;
    const struct cvm_node *node;
    gboolean at_key;     /* the key is wrong, not its value */
    const char *message; /* whole, translated sentence */
    const char *fix;     /* NULL when there is none */
};

#endif
