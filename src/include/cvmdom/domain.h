/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Domains: read from a profile, completed for a host, checked, rendered.
 *
 *     cvmdom_domains_read() -> cvmdom_domain_resolve() -> cvmdom_domain_check() ->
 * cvmdom_domain_render()
 */
#ifndef CVMDOM_DOMAIN_H
#define CVMDOM_DOMAIN_H

#include <stddef.h>

#include <cvmdom/error.h>
#include <cvmdom/finding.h>
#include <cvmdom/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The domains that one file describes: a profile may hold several YAML documents. */
typedef struct cvmdom_domains cvmdom_domains;
/** One of them; lives as long as its list. */
typedef struct cvmdom_domain cvmdom_domain;

/**
 * Reads a profile or a domain XML; which of them it is shows its first character. XML may be in any
 * encoding that its mark or declaration names; a snapshot's or checkpoint's XML and libvirt's own
 * state files have the domain, or two, inside.
 *
 * What is wrong with its content (an unknown key, a size without a unit) does not make this fail:
 * it becomes a finding of cvmdom_domain_check(), all of them in one run.
 *
 * @param path  a file of at most 1 MiB, or 10 MiB of XML; "-" for standard input
 * @param sets  overrides "launchSecurity.type=sev-es", values in YAML; NULL-terminated; may be NULL
 * @param error CVMDOM_ERROR_IO, CVMDOM_ERROR_SYNTAX (with the place), or CVMDOM_ERROR_USAGE for a
 * malformed override; CVMDOM_ERROR_UNSUPPORTED for XML that holds no domain
 * @return the caller's to cvmdom_domains_free(); NULL on failure
 */
cvmdom_domains *
cvmdom_domains_read(const char *path, const char *const *sets, cvmdom_error **error);

/**
 * The same for a file that nobody named, because it was in a folder or in a list: what is no domain
 * is nothing to complain of there.
 *
 * @param error as above; CVMDOM_ERROR_UNSUPPORTED means to pass over the file: other XML, YAML that
 * is no profile, or a profile without a name, which is a part of those that extend it. A file that
 * is no regular one is CVMDOM_ERROR_IO.
 */
cvmdom_domains *
cvmdom_domains_read_found(const char *path, const char *const *sets, cvmdom_error **error);

/**
 * The same from memory.
 *
 * @param name what to call it in messages; relative paths in it (extends, {file: …}) start at this
 * name's folder
 * @param data UTF-8 text, or XML in any encoding; need not end in NUL; not kept; NULL when size is
 * 0
 * @param size bytes of data, at most 1 MiB, or 10 MiB of XML
 */
cvmdom_domains *
cvmdom_domains_parse(const char *name, const char *data, size_t size, const char *const *sets,
                     cvmdom_error **error);

/** Frees a list and its domains; NULL is allowed. */
void
cvmdom_domains_free(cvmdom_domains *domains);

/** @return the number of domains. */
size_t
cvmdom_domains_count(const cvmdom_domains *domains);

/** @return domain i, counted from 0; borrowed; NULL beyond the last. */
cvmdom_domain *
cvmdom_domains_get(cvmdom_domains *domains, size_t i);

/** @return its name; borrowed; NULL when it has none. */
const char *
cvmdom_domain_name(const cvmdom_domain *domain);

/** @return what kind of guest it is, as a profile's launchSecurity.type has it: "none", "sev",
 * "sev-es" or "sev-snp"; "other" for a type that this library does not judge. Static. */
const char *
cvmdom_domain_guest(const cvmdom_domain *domain);

/** @return the recorded host its profile names, relative paths already joined to the profile's
 * folder; borrowed; NULL when it names none. */
const char *
cvmdom_domain_host(const cvmdom_domain *domain);

/** @return nonzero when it was read from a profile, 0 when from domain XML, of which this library
 * does not know everything: rendered again, it may lack something. */
int
cvmdom_domain_is_profile(const cvmdom_domain *domain);

/**
 * Chooses a default for everything the profile left open, from the kind of guest and the host.
 * Nothing given is changed; what cannot be chosen stays open, and cvmdom_domain_check() says why.
 * Of a domain read from libvirt's XML nothing is chosen: what it leaves out is libvirt's default.
 *
 * @param host the machine it is to run on, or NULL
 */
void
cvmdom_domain_resolve(cvmdom_domain *domain, const cvmdom_host *host);

/**
 * Says what a domain is to be rendered for, before cvmdom_domain_resolve(): cvmdom_domain_check()
 * then tells, too, what that target cannot say (CVM820 to CVM859). Nobody having said anything it
 * is "libvirt".
 *
 * @param target a name of cvmdom_target_name()
 * @return 0, or -1 with CVMDOM_ERROR_USAGE for an unknown target
 */
int
cvmdom_domain_set_target(cvmdom_domain *domain, const char *target, cvmdom_error **error);

/**
 * Takes over what libvirt made up for the domain of that name that it has: UUID, path of the
 * variable store (NVRAM), MAC addresses; each only where this one leaves it open. Defining it then
 * replaces that one. They count as defaults.
 *
 * @param domain a resolved one
 * @param name   what to call the description in messages: "qemu:///system: db"
 * @param xml    what virDomainGetXMLDesc() gave; at most 10 MiB
 * @return 0, or -1 with CVMDOM_ERROR_SYNTAX or _UNSUPPORTED (a variable store that is no file)
 */
int
cvmdom_domain_adopt(cvmdom_domain *domain, const char *name, const char *xml, size_t size,
                    cvmdom_error **error);

/** Called for each default: path is the value's name ("memory.locked"), value and reason are for
 * people. */
typedef void (*cvmdom_default_fn)(const char *path, const char *value, const char *reason,
                                  void *payload);

/** Walks the defaults that cvmdom_domain_resolve() chose. */
void
cvmdom_domain_each_default(const cvmdom_domain *domain, cvmdom_default_fn visit, void *payload);

/**
 * Runs every rule, and looks past what suppression comments of the input give a reason for: such
 * findings are in the list, and not counted. cvmdom_config_check() runs what a configuration asks
 * for.
 *
 * @param host     the machine it is to run on; NULL: rules that need one are counted as not run
 * @param findings receives what they found, appended
 */
void
cvmdom_domain_check(const cvmdom_domain *domain, const cvmdom_host *host,
                    cvmdom_findings *findings);

/** What another part of a program thinks of a value of a domain. Texts are copied. */
struct cvmdom_opinion {
    const char *rule;    /**< of the catalogue: "CVM809" */
    int severity;        /**< enum cvmdom_severity */
    const char *value;   /**< which one, by the names of its elements (a profile's keys):
                              "launchSecurity/idBlock"; where there is none, what contains it */
    const char *message; /**< what is wrong: whole sentences */
    const char *fix;     /**< what to do; NULL: the message says it */
};

/**
 * Adds an opinion as a finding, at the value's place. Suppression comments and configurations are
 * for cvmdom_config_apply().
 *
 * @return 0, or -1 with CVMDOM_ERROR_USAGE for a rule that is not in the catalogue
 */
int
cvmdom_domain_report(const cvmdom_domain *domain, const struct cvmdom_opinion *opinion,
                     cvmdom_findings *findings, cvmdom_error **error);

/**
 * Gives a resolved SEV-SNP guest an ID block, as if its profile had idBlock, idAuth and authorKey.
 * It counts as a default, whose reason is that it was made now.
 *
 * @param block      96 bytes, copied
 * @param auth       4096 bytes, copied
 * @param has_author nonzero: auth holds an author key
 * @return 0, or -1 with CVMDOM_ERROR_USAGE for another kind of guest, one that has such values of
 *         its own, and domain XML, which is never changed
 */
int
cvmdom_domain_set_id_block(cvmdom_domain *domain, const unsigned char *block,
                           const unsigned char *auth, int has_author, cvmdom_error **error);

/** Forgets the ID block that a document gives, and all that was wrong with it: before a new one is
 * made that is to replace it. @return nonzero when there was something to forget */
int
cvmdom_domain_drop_id_block(cvmdom_domain *domain);

/**
 * Renders a resolved domain. It neither checks nor defaults: call cvmdom_domain_check() before and
 * do not use the result of a domain with a severe finding.
 *
 * @param target a name of cvmdom_target_name(): "libvirt"; cvmdom_domain_set_target() had it before
 * @param text   receives the whole document, the caller's to free(); the same input gives the same
 * bytes
 * @return 0, or -1 with CVMDOM_ERROR_USAGE for an unknown target
 */
int
cvmdom_domain_render(const cvmdom_domain *domain, const cvmdom_host *host, const char *target,
                     char **text, cvmdom_error **error);

/**
 * QEMU's command line for a resolved domain as a list, for a program that starts QEMU itself: what
 * the targets "qemu" and "systemd" write. cvmdom_domain_set_target() had "qemu" before. What those
 * two do besides is the caller's: folders, the copy of the variable store, programs that run beside
 * QEMU, limits, the time zone of a clock that keeps another one.
 *
 * @param args receives the arguments, of which the first is QEMU's path; ended by NULL. One free()
 *             of the list frees its texts, too
 * @return 0, or -1 with CVMDOM_ERROR_UNSUPPORTED for domain XML of another hypervisor
 */
int
cvmdom_domain_qemu_args(const cvmdom_domain *domain, const cvmdom_host *host, char ***args,
                        cvmdom_error **error);

/** @return the name of target i, NULL beyond the last. *suffix and *summary, if not NULL, receive
 * the usual file suffix
 *          (".xml") and a sentence about it. Borrowed. */
const char *
cvmdom_target_name(size_t i, const char **suffix, const char **summary);

/** @return the JSON Schema (2020-12) of a profile, the caller's to free(). */
char *
cvmdom_profile_schema(void);

#ifdef __cplusplus
}
#endif

#endif
