/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Readiness: which kinds of confidential guests a host can run now, for how many more of them, and
 * what is in the way.
 */
#ifndef CVMDOM_READINESS_H
#define CVMDOM_READINESS_H

#include <stddef.h>

#include <cvmdom/error.h>
#include <cvmdom/host.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cvmdom_readiness cvmdom_readiness;

/** What a check came to. Numbers are stable. */
enum cvmdom_check_state {
    CVMDOM_CHECK_UNKNOWN = 0, /**< the host does not tell */
    CVMDOM_CHECK_PASSED = 1,
    CVMDOM_CHECK_NOTED = 2,  /**< runs, but is worth knowing */
    CVMDOM_CHECK_WARNED = 3, /**< runs, but badly, or not for every guest */
    CVMDOM_CHECK_FAILED = 4  /**< stands in the way of the types it speaks of */
};

/** Types of guests, as bits. */
enum cvmdom_type_bit { CVMDOM_TYPE_SEV = 1, CVMDOM_TYPE_SEV_ES = 2, CVMDOM_TYPE_SEV_SNP = 4 };

/** A check. Texts are static, or live as long as the readiness; all but the id are in the language
 * of the locale. */
struct cvmdom_check {
    const char *id;    /**< "kvm-amd-sev-snp": stable */
    int state;         /**< enum cvmdom_check_state */
    unsigned types;    /**< of enum cvmdom_type_bit: the types it speaks of */
    const char *title; /**< what was looked at */
    const char *fact;  /**< what the host says: a clause, without a full stop */
    const char *fix;   /**< how to mend it; NULL when there is nothing to mend */
    const char *myth;  /**< what guides wrongly advise here, and why not; NULL */
};

/** What one type of guest may expect. */
struct cvmdom_prospect {
    const char *type;  /**< "sev", "sev-es" or "sev-snp" */
    int state;         /**< CVMDOM_CHECK_PASSED: it can run now; _FAILED: it cannot; _UNKNOWN */
    int has_capacity;  /**< nonzero when the next is known */
    unsigned capacity; /**< guests that it has ASIDs for; sev-es and sev-snp share theirs unless
                            ciphertext hiding divides them */
    int has_free;      /**< nonzero when the next is known */
    unsigned free;     /**< how many more guests may run, at least */
};

/**
 * Judges a host.
 *
 * @return the caller's to cvmdom_readiness_free(); does not need the host any more
 */
cvmdom_readiness *
cvmdom_host_check(const cvmdom_host *host);

/** Frees it; NULL is allowed. */
void
cvmdom_readiness_free(cvmdom_readiness *readiness);

/** @return 0 and check i, in the order in which to mend them, or -1 beyond the last. */
int
cvmdom_readiness_at(const cvmdom_readiness *readiness, size_t i, struct cvmdom_check *check);

/** What a check is, whatever the host. Static; all texts but id and source are in the language of
 * the locale. */
struct cvmdom_check_info {
    const char *id;
    unsigned types;     /**< of enum cvmdom_type_bit */
    const char *title;  /**< what is looked at */
    const char *source; /**< where a host tells it */
    const char *fix;    /**< how to mend it; NULL where that depends on what the host says */
    const char *myth;   /**< NULL */
};

/** @return 0 and check i of all there are, or -1 beyond the last. */
int
cvmdom_check_info_at(size_t i, struct cvmdom_check_info *info);

/** @return 0 and what the type may expect, or -1 with CVMDOM_ERROR_USAGE for another type. */
int
cvmdom_readiness_type(const cvmdom_readiness *readiness, const char *type,
                      struct cvmdom_prospect *prospect, cvmdom_error **error);

/**
 * Readiness as a text for people or programs: what each type may expect, then the checks. Text has
 * in full what failed, was warned of or noted; checks that passed or are unknown by their ids.
 *
 * @param format "text", or "json" (cvmdom_readiness_schema() describes it)
 * @param type   only what concerns this type; NULL for all
 * @param colour nonzero for ANSI colours in text
 * @param text   the caller's to free()
 * @return 0, or -1 with CVMDOM_ERROR_USAGE
 */
int
cvmdom_readiness_report(const cvmdom_readiness *readiness, const char *format, const char *type,
                        int colour, char **text, cvmdom_error **error);

/** @return the JSON Schema of format "json"; static */
const char *
cvmdom_readiness_schema(void);

#ifdef __cplusplus
}
#endif

#endif
