/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Linux's bounce buffers. A device cannot read encrypted memory, so Linux copies all that goes to
 * and from one through a pool of shared memory, the swiotlb, whose size is fixed when it boots. */
#ifndef CVM_GUEST_SWIOTLB_H
#define CVM_GUEST_SWIOTLB_H

#include <stdint.h>

#include "model/domain.h"

/* include/linux/swiotlb.h: IO_TLB_SIZE; a mapping takes whole slots, and swiotlb= counts them. */
#define CVM_SWIOTLB_SLOT UINT64_C(2048)

/* What the devices of one kind, or one device, may have mapped at once, in bytes of whole slots. */
struct cvm_swiotlb_use {
    char *device;   /* "disk vda: 2 queues of 256 requests", translated */
    uint64_t held;  /* all the time, from the driver's start on */
    uint64_t usual; /* more, when all its queues are full of requests of an ordinary size */
    uint64_t most;  /* more, when they are full of the largest requests */
    const char *source;
};

enum cvm_swiotlb_verdict {
    CVM_SWIOTLB_UNKNOWN,  /* the size of the memory is not known */
    CVM_SWIOTLB_ENOUGH,   /* for all that the devices may ask for at once */
    CVM_SWIOTLB_ORDINARY, /* for full queues of ordinary requests; larger ones wait */
    CVM_SWIOTLB_SMALL,    /* not for these */
    CVM_SWIOTLB_NONE,     /* swiotlb=noforce: no device works */
};

struct cvm_swiotlb {
    uint64_t memory;            /* 0: not known */
    uint64_t by_default;        /* what Linux takes for this memory; 0: not known */
    uint64_t given;             /* what the profile's cmdline makes it; 0: says nothing */
    uint64_t held, usual, most; /* sums, the two latter with what is held */
    uint64_t advised;           /* what to make it; 0: leave it */
    enum cvm_swiotlb_verdict verdict;
    GArray *uses; /* of struct cvm_swiotlb_use, devices that have no DMA left out */
};

void
cvm_swiotlb_fill(struct cvm_swiotlb *swiotlb, const struct cvm_domain *domain);
void
cvm_swiotlb_clear(struct cvm_swiotlb *swiotlb);

/* devices.c: their uses, appended. */
void
cvm_swiotlb_add_devices(GArray *uses, const struct cvm_domain *domain);

/* The pool that Linux makes for so much memory, or of so many slots asked for by swiotlb=, when the
 * guest may have so many vCPUs. */
uint64_t
cvm_swiotlb_default(uint64_t memory, uint64_t vcpus);
uint64_t
cvm_swiotlb_of_slots(uint64_t slots, uint64_t vcpus);
/* Slots of one request of a virtio device that moves so many bytes, in bytes. */
uint64_t
cvm_swiotlb_request(uint64_t data);

#endif
