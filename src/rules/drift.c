/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 9xx: what libvirt has is not what was asked for. A domain alone tells nothing of that: the
 * findings are those of a comparison (src/compare/), which is why no rule here has a check. */
#include "rules/rule.h"
#include "util/i18n.h"

const struct cvm_rule cvm_rules_drift[] = {
    { "CVM901", "drift-missing", CVM_WARNING, 0, FALSE,
      N_("libvirt's domain lacks something that the profile asks for."), NULL },
    { "CVM902", "drift-extra", CVM_WARNING, 0, FALSE,
      N_("libvirt's domain has something that the profile does not ask for, and that libvirt does "
         "not add by itself."),
      NULL },
    { "CVM903", "drift-changed", CVM_WARNING, 0, FALSE,
      N_("libvirt's domain has another value than the profile asks for."), NULL },
    { 0 },
};
