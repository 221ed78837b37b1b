/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tested with answers made up after the specifications (AMD 55766, section 5.7; 56860, "SNP_
 * PLATFORM_STATUS") and linux/psp-sev.h; never with a firmware. */
#include "capture/files_sev.h"

static uint32_t
get_u32(const uint8_t *from)
{
    return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 |
           (uint32_t)from[3] << 24;
}

static void
set_version(struct cvm_host *host, unsigned major, unsigned minor, unsigned build)
{
    host->has_sev_firmware = TRUE;
    host->sev_api_major = major;
    host->sev_api_minor = minor;
    host->sev_build = build;
}

/* api_major, api_minor, state: a byte each; flags: 4; build: 1 byte; guest_count: 4. */
void
cvm_sev_take_status(struct cvm_host *host, const uint8_t *status)
{
    static const char *const states[] = { "uninit", "init", "working" };

    if (status[2] < G_N_ELEMENTS(states) && (status[0] || status[1])) {
        set_version(host, status[0], status[1], status[7]);
        host->sev_state = states[status[2]];
        host->sev_guests = get_u32(status + 8);
    }
}

/* api_major, api_minor, state, is_rmp_initialized: a byte each; build_id: 4; mask_chip_id: 4;
 * guest_count: 4; current and reported TCB: 8 each. */
void
cvm_sev_take_snp_status(struct cvm_host *host, const uint8_t *status)
{
    static const char *const states[] = { "uninit", "init" };

    if (status[2] < G_N_ELEMENTS(states) && (status[0] || status[1])) {
        set_version(host, status[0], status[1], get_u32(status + 4));
        host->sev_state = states[status[2]];
        host->sev_guests = get_u32(status + 12);
    }
}
