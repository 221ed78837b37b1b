/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the SEV firmware answers, byte for byte: apart from the asking, so that it can be tested
 * without one. */
#ifndef CVM_CAPTURE_FILES_SEV_H
#define CVM_CAPTURE_FILES_SEV_H

#include "model/host.h"

enum {
    CVM_SEV_STATUS_SIZE = 15, /* struct sev_user_data_status of linux/psp-sev.h, packed */
    CVM_SNP_STATUS_SIZE = 32, /* struct sev_user_data_snp_status */
};

/* PLATFORM_STATUS; an answer that makes no sense changes nothing. */
void
cvm_sev_take_status(struct cvm_host *host, const uint8_t *status);
/* SNP_PLATFORM_STATUS: the versions, and the state by the names of the other command. */
void
cvm_sev_take_snp_status(struct cvm_host *host, const uint8_t *status);

#endif
