/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a guest itself needs: its kernel, its command line, how to see from inside that it is
 * protected, and what it cannot do. Tables of rows, of which a domain gets those that concern it.
 *
 * Facts are those of Linux 6.1.192 and 6.12.107 (read in their sources), unless a row's source says
 * another version; "derived" is what follows from several of them and stands in none. */
#ifndef CVM_GUEST_GUEST_H
#define CVM_GUEST_GUEST_H

#include "guest/swiotlb.h"
#include "model/domain.h"

enum cvm_advice_group {
    CVM_ADVICE_KERNEL,
    CVM_ADVICE_BOOT, /* the kernel's command line */
    CVM_ADVICE_CHECK,
    CVM_ADVICE_ATTEST,
    CVM_ADVICE_LIMIT,
    CVM_ADVICE_GROUPS,
};

/* A fact, and whom it concerns. */
struct cvm_advice_row {
    const char *id;                                        /* stable */
    unsigned guests;                                       /* of enum cvm_guest */
    gboolean (*concerns)(const struct cvm_domain *domain); /* NULL: every guest of these */
    const char *text;                                      /* N_("…"): whole sentences */
    const char *command; /* to paste into a shell in the guest, lines ended by \n; NULL */
    const char *prints;  /* what it then prints when all is well; NULL */
    const char *source;  /* never translated */
};
struct cvm_advice_table {
    const struct cvm_advice_row *rows;
    unsigned count;
};
extern const struct cvm_advice_table cvm_advice_kernel, cvm_advice_boot, cvm_advice_check,
    cvm_advice_attest, cvm_advice_limit;

/* A row as it is said of one domain. */
struct cvm_advice {
    enum cvm_advice_group group;
    const char *id, *source;
    char *text, *command, *prints; /* text is translated */
};

struct cvm_guest_advice {
    char *name; /* NULL: the domain has none */
    enum cvm_guest guest;
    GArray *items; /* of struct cvm_advice, in the order of the groups */
    struct cvm_swiotlb swiotlb;
};

/* domain: a resolved one, or one read from XML. It is not needed any more afterwards. */
struct cvm_guest_advice *
cvm_guest_advice_new(const struct cvm_domain *domain);
void
cvm_guest_advice_free(struct cvm_guest_advice *advice);
CVM_DEFINE_AUTO(guest_advice)

/* A group's heading, translated, and its name for programs. */
const char *
cvm_advice_group_title(enum cvm_advice_group group);
const char *
cvm_advice_group_name(enum cvm_advice_group group);

/* The symbols of Linux's configuration that the domain's devices have drivers in, "VIRTIO_BLK,
 * VIRTIO_NET"; NULL where it has none. The caller's to g_free(). */
char *
cvm_guest_drivers(const struct cvm_domain *domain);

/* What the rows ask, all of resolved values. */
gboolean
cvm_guest_has_kernel(const struct cvm_domain *domain);
gboolean
cvm_guest_has_measured_kernel(const struct cvm_domain *domain);

#endif
