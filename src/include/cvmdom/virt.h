/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Live hosts: libcvmdom-virt, a library of its own, for programs that talk to libvirt through it.
 * <cvmdom/cvmdom.h> does not include this header, and libcvmdom needs no libvirt.
 *
 * A connection may be used by one thread at a time, several connections by several threads.
 *
 * Errors are CVMDOM_ERROR_CONNECTION (no daemon, no permission, lost, silent for too long) and
 * CVMDOM_ERROR_REFUSED (it answered, and said no): what was attempted, then libvirt's own words,
 * which may be several lines, in the language of the daemon; what cvmdom_log_diagnose() knows of
 * them is not added. Functions say where others are possible.
 *
 * Of libvirt's settings of the process the first cvmdom_connection_open() makes two:
 *
 * - When there is no event loop for libvirt yet, one is registered that runs in a thread and a main
 *   context of its own. A program with one (virEventRegisterImpl(), virEventRegisterDefaultImpl())
 *   registers it before, and runs it.
 * - virSetErrorFunc() gets a function that does nothing: libvirt would print each error to standard
 *   error by itself. A program with one of its own sets it afterwards.
 *
 * Signals are the program's: libvirt may write to a connection that is just being lost, which ends
 * a program that does not ignore SIGPIPE.
 */
#ifndef CVMDOM_VIRT_H
#define CVMDOM_VIRT_H

#include <stddef.h>
#include <stdint.h>

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
    int read_only; /**< nonzero: nothing can be changed through it, and less be asked: libvirt tells
                        it no domain capabilities, so that its host cannot be captured */
    /** Seconds; 0: for ever. Connecting is given up after so many. Afterwards a daemon that gives
     * no sign of life for about so long (three seconds at least) counts as lost, also within a
     * call. A daemon that works on something does give signs: a start may take its time. What is
     * embedded in the program, and daemons without keep-alive messages, are waited for. */
    unsigned timeout;
};

/**
 * Connects.
 *
 * An attempt that is given up goes on in a thread of its own: the connection that it may come to is
 * closed at once, and what libvirt started for it, as ssh, stays until it ends by itself, at the
 * latest when it notices the end of the program. ssh may ask on the terminal; "?no_tty=1" at the
 * end of the URI forbids it.
 *
 * @param uri     "qemu:///system", "qemu+ssh://host/system", …; NULL for libvirt's default
 * @param options NULL for one of zeros
 * @return the caller's to cvmdom_connection_close(); NULL with CVMDOM_ERROR_CONNECTION on failure,
 *         whatever the reason is
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

/** @return nonzero when its host is this machine, so that files here are the host's: the URI names
 * no server and no transport but a socket, and the driver is not libvirt's pretended one ("test").
 * A socket that leads out of a container, or was forwarded from another machine, looks the same. */
int
cvmdom_connection_is_local(const cvmdom_connection *connection);

/**
 * Adds what libvirt tells to a record: domain capabilities (x86_64, q35 and kvm; where there is no
 * KVM, qemu), capabilities, SEV info, the versions of libvirt's daemon and of QEMU, free huge pages
 * of each node, and how many confidential guests run. What the driver cannot tell is left out;
 * running guests are also left out where one of them cannot be read.
 *
 * @return 0, or -1 with the record as it was: CVMDOM_ERROR_CONNECTION also when the connection may
 *         not ask for domain capabilities, as one that is read-only; CVMDOM_ERROR_REFUSED when
 *         there are no capabilities of either kind; CVMDOM_ERROR_SYNTAX or _UNSUPPORTED when they
 *         cannot be read
 */
int
cvmdom_connection_capture(cvmdom_connection *connection, cvmdom_record *record,
                          cvmdom_error **error);

/**
 * The host as it is now: what cvmdom_connection_capture() tells, and its files when it is this
 * machine. It is called by the connection's URI.
 *
 * @return the caller's to cvmdom_host_free(); NULL on failure, as cvmdom_connection_capture(),
 *         cvmdom_record_add_files() and cvmdom_record_host() do
 */
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

/** A packet of secrets, as cvmdom_secret_pack() of <cvmdom/attest.h> makes it. Both parts are
 * encrypted or public. */
struct cvmdom_injection {
    const unsigned char *header;
    size_t header_size;
    const unsigned char *payload;
    size_t payload_size;
    int has_address;  /**< nonzero: it goes to address, not to where the firmware wants it */
    uint64_t address; /**< guest-physical */
};

/**
 * Gives secrets to a SEV or SEV-ES guest that was started paused
 * (virDomainSetLaunchSecurityState()). Verify its measurement before: this does not.
 *
 * @return 0, or -1; CVMDOM_ERROR_REFUSED for a guest that is not paused, was resumed before, is of
 *         another kind, or whose measurement the packet was not made for
 */
int
cvmdom_connection_inject(cvmdom_connection *connection, const char *name,
                         const struct cvmdom_injection *injection, cvmdom_error **error);

#ifdef __cplusplus
}
#endif

#endif
