/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the checks of a launch share. A check adds a finding for what the platform would refuse, or
 * measure differently, of its rule; most have nothing to say. */
#ifndef CVM_LAUNCH_CHECK_H
#define CVM_LAUNCH_CHECK_H

#include "launch/launch.h"
#include "rules/rule.h"

struct cvm_launch_check {
    struct cvm_check check; /* for cvm_report(); its domain has no values where there is none */
    const struct cvmdom_launch *launch;
    enum cvm_guest guest;            /* what launch->guest means; CVM_GUEST_OTHER: nobody knows */
    const cvmdom_firmware *firmware; /* NULL: not at hand */
    struct cvmdom_firmware_facts facts;
    gboolean has_domain;
};

/* check_firmware.c */
void
cvm_launch_check_files(struct cvm_launch_check *check); /* 801 */
void
cvm_launch_check_size(struct cvm_launch_check *check); /* 802 */
void
cvm_launch_check_metadata(struct cvm_launch_check *check); /* 803 */
void
cvm_launch_check_sections(struct cvm_launch_check *check); /* 804 */
void
cvm_launch_check_reset(struct cvm_launch_check *check); /* 805 */
void
cvm_launch_check_hashes(struct cvm_launch_check *check); /* 806 */
void
cvm_launch_check_format(struct cvm_launch_check *check); /* 811 */

#endif
