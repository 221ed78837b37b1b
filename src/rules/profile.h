/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The checks of the profile topic that have a file of their own; its table is in profile.c. */
#ifndef CVM_RULES_PROFILE_H
#define CVM_RULES_PROFILE_H

#include "rules/rule.h"

/* domain_names.c */
void
cvm_check_missing_element(struct cvm_check *check); /* 104, in domain XML */
void
cvm_check_second_element(struct cvm_check *check); /* 103, in domain XML */

#endif
