/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 8xx: what a profile asks for and QEMU is not given, since it has no words for it. */
#include "rules/rule.h"

const struct cvm_rule cvm_rules_qemu[] = {
    { 0 },
};
