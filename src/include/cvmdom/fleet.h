/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Fleets: which profiles run on which of many hosts, for how many guests what these have lasts, and
 * where the guests that somebody wants go.
 */
#ifndef CVMDOM_FLEET_H
#define CVMDOM_FLEET_H

#include <stddef.h>

#include <cvmdom/error.h>
#include <cvmdom/host.h>
#include <cvmdom/place.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cvmdom_fleet cvmdom_fleet;

/** @return an empty fleet, the caller's to cvmdom_fleet_free(). */
cvmdom_fleet *
cvmdom_fleet_new(void);

/** Frees it; NULL is allowed. */
void
cvmdom_fleet_free(cvmdom_fleet *fleet);

/* ---- what there is; profiles come before hosts ---- */

/**
 * How many vCPUs each CPU of a host is to carry; 1 where nobody says. To be said before hosts are
 * added.
 *
 * @return 0, or -1 with CVMDOM_ERROR_USAGE when it is not above 0 and at most 1000, or there is a
 *         host already
 */
int
cvmdom_fleet_set_vcpus_per_cpu(cvmdom_fleet *fleet, double vcpus, cvmdom_error **error);

/**
 * Adds every profile of a file. They go by their names.
 *
 * @param path a file, or "-" for standard input
 * @param sets overrides as cvmdom_domains_read() takes them; NULL for none
 * @return 0, or -1: CVMDOM_ERROR_USAGE for a name that another profile has, or once there is a host
 *         (what is kept of hosts depends on the profiles); CVMDOM_ERROR_UNSUPPORTED for domain XML
 *         and a profile without a name; otherwise as cvmdom_domains_read(). The fleet stays as it
 *         was.
 */
int
cvmdom_fleet_add_profiles(cvmdom_fleet *fleet, const char *path, const char *const *sets,
                          cvmdom_error **error);

/**
 * Adds a recorded host, and judges it for every profile: read once, and not kept.
 *
 * @return 0, or -1: CVMDOM_ERROR_USAGE for a name that another host has; otherwise as
 *         cvmdom_host_read(). The fleet stays as it was.
 */
int
cvmdom_fleet_add_host(cvmdom_fleet *fleet, const char *path, cvmdom_error **error);

/**
 * The same for a file that a folder brought along, which may be something else.
 *
 * @param is_host receives 0 where it is no XML, or its root is no host's: then nothing is added,
 * and that is no failure
 */
int
cvmdom_fleet_add_host_found(cvmdom_fleet *fleet, const char *path, int *is_host,
                            cvmdom_error **error);

/**
 * Asks for so many guests of a profile, in place of what was asked for before.
 *
 * @param name of a profile; NULL: of each
 * @return 0, or -1 with CVMDOM_ERROR_USAGE when no profile has that name
 */
int
cvmdom_fleet_want(cvmdom_fleet *fleet, const char *name, unsigned guests, cvmdom_error **error);

/* ---- what comes of it ---- */

/** Fills in what follows; again after more was added. */
void
cvmdom_fleet_judge(cvmdom_fleet *fleet);

/**
 * Finds a host for each guest that is wanted, in a judged fleet, and keeps what it found: reports
 * tell it. What runs on the hosts already stays where it is. Guests that need no ASID are kept off
 * hosts where few of those are left.
 *
 * Without a solver guests go, the largest first, to the first host with room: that places most of
 * what fits, but where it fails it proves nothing. So this is to be tried first, and where the
 * answer is UNPROVEN, or optimal is 0, libcvmdom-place is to be loaded and asked.
 *
 * @param solver       functions of libcvmdom-place; NULL: without
 * @param milliseconds the time that the solver may take, about; a third of it again to find
 *                     out what stands in the way
 * @param result       optimal: no other placement is better at keeping such guests off
 * @return 0, or -1 as the solver's functions
 */
int
cvmdom_fleet_place(cvmdom_fleet *fleet, const struct cvmdom_place_solver *solver,
                   unsigned milliseconds, struct cvmdom_place_result *result, cvmdom_error **error);

/** A profile of a judged fleet. Texts live as long as the fleet. */
struct cvmdom_fleet_profile {
    const char *name, *file;
    unsigned hosts;  /**< that it runs on, and that have room for one guest at least */
    unsigned wanted; /**< guests that were asked for */
    unsigned placed; /**< guests that have a host */
};

/** @return 0 and profile i, in the order in which they were added, or -1 beyond the last. */
int
cvmdom_fleet_profile_at(const cvmdom_fleet *fleet, size_t i, struct cvmdom_fleet_profile *profile);

/** @return the name of host i; NULL beyond the last; lives as long as the fleet. */
const char *
cvmdom_fleet_host_name(const cvmdom_fleet *fleet, size_t i);

/** What becomes of a profile on a host. Numbers are stable. */
enum cvmdom_fleet_state {
    CVMDOM_FLEET_CANNOT = 0, /**< a rule says why */
    CVMDOM_FLEET_FULL = 1,   /**< it could run, but something that it needs is used up */
    CVMDOM_FLEET_WARNED = 2, /**< it runs, and a rule warns */
    CVMDOM_FLEET_RUNS = 3
};

struct cvmdom_fleet_pair {
    int state;         /**< enum cvmdom_fleet_state */
    int unlimited;     /**< nonzero: nothing that the record tells of ends them */
    unsigned guests;   /**< how many more, when there are no others */
    int assumed;       /**< nonzero: something that is needed, or in use, is not recorded, so that
                            guests may be too many */
    const char *limit; /**< what runs out first: "asids-sev", "asids-sev-es", "asids-sev-snp",
                            "memory", "hugepages", "vcpus"; static; NULL */
};

/** @return 0 and what becomes of a profile on a host, or -1 when there is no such pair. */
int
cvmdom_fleet_pair_at(const cvmdom_fleet *fleet, size_t profile, size_t host,
                     struct cvmdom_fleet_pair *pair);

/** Guests of a profile on a host, by the placement. */
struct cvmdom_fleet_share {
    size_t profile, host;
    unsigned guests;
};

/** @return 0 and share i, or -1 beyond the last. */
int
cvmdom_fleet_share_at(const cvmdom_fleet *fleet, size_t i, struct cvmdom_fleet_share *share);

/**
 * A judged fleet as a text for people or programs.
 *
 * @param format "text", "json" (cvmdom_fleet_schema() describes it) or "html"
 * @param colour nonzero for ANSI colours in text
 * @param text   the caller's to free()
 * @return 0, or -1 with CVMDOM_ERROR_USAGE
 */
int
cvmdom_fleet_report(const cvmdom_fleet *fleet, const char *format, int colour, char **text,
                    cvmdom_error **error);

/** @return the JSON Schema of format "json"; static */
const char *
cvmdom_fleet_schema(void);

#ifdef __cplusplus
}
#endif

#endif
