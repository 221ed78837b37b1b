/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The checks of the launch security topic that have files of their own; its table is in launch.c.
 */
#ifndef CVM_RULES_LAUNCH_H
#define CVM_RULES_LAUNCH_H

#include "rules/rule.h"

/* launch_names.c */
void
cvm_check_launch_names(struct cvm_check *check); /* 212 */
/* "launchsecurity", "LaunchSecurity", "launch-security", "launchSecuirty" */
gboolean
cvm_is_launch_security(const char *name);

/* blobs.c */
void
cvm_check_blobs(struct cvm_check *check); /* 213 */
void
cvm_check_session(struct cvm_check *check); /* 214 */
void
cvm_check_id_block(struct cvm_check *check); /* 215 */
void
cvm_check_id_block_policy(struct cvm_check *check); /* 216 */

/* commandline.c */
void
cvm_check_commandline(struct cvm_check *check); /* 221 */
/* QEMU's command line makes the guest confidential. */
gboolean
cvm_commandline_launches(const struct cvm_domain *domain);
/* The first argument of QEMU's own command line that changes what a launch measures; NULL. */
const struct cvm_node *
cvm_commandline_measured(const struct cvm_domain *domain);

#endif
