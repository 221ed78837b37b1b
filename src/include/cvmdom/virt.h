/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Live hosts: libcvmdom-virt, a library of its own, for programs that talk to libvirt through it.
 * <cvmdom/cvmdom.h> does not include this header, and libcvmdom needs no libvirt.
 *
 * A connection may be used by one thread at a time. The first one starts libvirt's default event
 * loop in a thread of its own; a program that runs an event loop for libvirt registers it before.
 *
 * Errors are CVMDOM_ERROR_CONNECTION (no daemon, no permission, lost, silent for too long) and
 * CVMDOM_ERROR_REFUSED (it answered, and said no), with libvirt's own words; what
 * cvmdom_log_diagnose() knows of them is not added.
 */
#ifndef CVMDOM_VIRT_H
#define CVMDOM_VIRT_H

#include <cvmdom/compare.h>
#include <cvmdom/domain.h>
#include <cvmdom/error.h>
#include <cvmdom/host.h>
#include <cvmdom/record.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cvmdom_connection cvmdom_connection;

/** One of zeros will do. */
struct cvmdom_connection_options {
    int read_only;    /**< nonzero: nothing can be changed through it; libvirt keeps domain
                           capabilities to itself then, so that it cannot be captured */
    unsigned timeout; /**< seconds that libvirt may be silent, when connecting and afterwards; 0:
                           for ever. A daemon that works on something is not silent. */
};

/**
 * Connects.
 *
 * @param uri     "qemu:///system", "qemu+ssh://host/system", …; NULL for libvirt's default
 * @param options NULL for one of zeros
 * @return the caller's to cvmdom_connection_close(); NULL on failure
 */
cvmdom_connection *
cvmdom_connection_open(const char *uri, const struct cvmdom_connection_options *options,
                       cvmdom_error **error);

/** Closes it; NULL is allowed. */
void
cvmdom_connection_close(cvmdom_connection *connection);

/** @return the URI that libvirt chose or was given; borrowed. */
const char *
cvmdom_connection_uri(const cvmdom_connection *connection);

/** @return nonzero when its host is this machine, so that files here are the host's. */
int
cvmdom_connection_is_local(const cvmdom_connection *connection);

/**
 * Adds what libvirt tells to a record: domain capabilities (q35, kvm; where there is no KVM, what
 * there is), capabilities, SEV info, versions, free huge pages, and running confidential guests.
 * What the driver cannot tell is left out.
 *
 * @return 0, or -1 with the record as it was
 */
int
cvmdom_connection_capture(cvmdom_connection *connection, cvmdom_record *record,
                          cvmdom_error **error);

/** @return the host as it is now, with its files when it is this machine; the caller's to
 * cvmdom_host_free(). */
cvmdom_host *
cvmdom_connection_host(cvmdom_connection *connection, cvmdom_error **error);

/** A domain that libvirt knows. */
struct cvmdom_known_domain {
    int active;     /**< nonzero while it runs, or is paused */
    int paused;     /**< nonzero while it is there and its virtual CPUs do not run */
    int persistent; /**< nonzero when it is defined, and stays when it ends */
    char *xml;      /**< its definition (of a transient one what it runs as), with security-relevant
                         data where the connection may read that; the caller's to free() */
    char *live_xml; /**< what it runs as; NULL unless active; the caller's to free() */
};

/** @return 1 and the domain, 0 when there is none of that name, -1 on failure. */
int
cvmdom_connection_find(cvmdom_connection *connection, const char *name,
                       struct cvmdom_known_domain *domain, cvmdom_error **error);

/** What became of a definition. Numbers are stable. */
enum cvmdom_define_result {
    CVMDOM_DEFINED = 1,   /**< there was none of that name */
    CVMDOM_UNCHANGED = 2, /**< the one of that name is the same already; nothing was done */
    CVMDOM_REPLACED = 3,  /**< the one of that name differed */
    CVMDOM_DIFFERS = 4,   /**< the one of that name differs, and was left alone */
    CVMDOM_IS_ACTIVE = 5, /**< it differs and runs: it was and, whatever is asked, is left alone */
    CVMDOM_IS_TRANSIENT = 6 /**< it runs without being defined, alike or not: left alone as well */
};

struct cvmdom_define_options {
    int replace; /**< nonzero: a domain of that name that differs and does not run is replaced */
    int dry_run; /**< nonzero: nothing is defined; the result is what it would be. Where libvirt's
                      driver can, it is asked for the command line it would build, of all but the
                      interfaces (for those it makes devices on the host); its schema and what
                      belongs to other domains (a UUID in use) are only asked when defining. */
};

/** What became of a definition, and the comparisons, which are the caller's to
 * cvmdom_comparison_free(). */
struct cvmdom_definition {
    int result;                /**< an enum cvmdom_define_result */
    cvmdom_comparison *before; /**< with the domain of that name as it was; NULL: there was none */
    cvmdom_comparison *after;  /**< with what libvirt stored of it; NULL: it stored nothing */
    int asked; /**< of a dry run: nonzero when libvirt built a command line, as described above */
};

/**
 * Defines a resolved domain, with libvirt's own validation, and reads it back. Of a domain of that
 * name it takes over what cvmdom_domain_adopt() does, so that this is replaced instead of
 * forgotten. When libvirt refuses, the old definition stands as it was.
 *
 * A domain that came to be between looking and defining is never replaced: libvirt refuses a name
 * under another UUID, and it is looked at again. Only with a UUID of the profile's own it cannot
 * tell two such definitions apart.
 *
 * Check the domain before: this does not look at findings.
 *
 * @param domain     read from a profile: of XML something might be lost (CVMDOM_ERROR_UNSUPPORTED)
 * @param definition receives what became of it
 * @return 0, or -1; with CVMDOM_ERROR_REFUSED nothing was changed. That is also the answer where a
 *         saved state (virsh managedsave) belongs to the domain that is to be replaced: the next
 *         start would bring that back.
 */
int
cvmdom_connection_define(cvmdom_connection *connection, cvmdom_domain *domain,
                         const cvmdom_host *host, const struct cvmdom_define_options *options,
                         struct cvmdom_definition *definition, cvmdom_error **error);

struct cvmdom_start_options {
    int paused; /**< nonzero: its virtual CPUs do not run yet, so that it can be attested first */
    int reset_nvram; /**< nonzero: the firmware's variables start from their template */
};

/** Starts a defined domain. One with launchSecurity and a saved state is not: libvirt cannot save a
 * confidential guest, so what would come back is none. @return 0, or -1 */
int
cvmdom_connection_start(cvmdom_connection *connection, const char *name,
                        const struct cvmdom_start_options *options, cvmdom_error **error);

/** Ends a running domain at once, as a pulled plug does. @return 0, or -1 */
int
cvmdom_connection_stop(cvmdom_connection *connection, const char *name, cvmdom_error **error);

/** Removes the definition of a domain that does not run, and keeps its NVRAM. @return 0, or -1 */
int
cvmdom_connection_undefine(cvmdom_connection *connection, const char *name, cvmdom_error **error);

/** Called for each launch security parameter: its name in libvirt's API ("sev-measurement"), and
 * its value, numbers in decimal. */
typedef void (*cvmdom_launch_fn)(const char *name, const char *value, void *payload);

/** Walks what virDomainGetLaunchSecurityInfo() tells of a running domain. @return 0, or -1 */
int
cvmdom_connection_each_launch_parameter(cvmdom_connection *connection, const char *name,
                                        cvmdom_launch_fn visit, void *payload,
                                        cvmdom_error **error);

#ifdef __cplusplus
}
#endif

#endif
