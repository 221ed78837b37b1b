/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hosts that a run needs, each read, or asked, once. */
#ifndef CVM_CLI_HOSTS_H
#define CVM_CLI_HOSTS_H

#include <glib.h>
#include <pthread.h>

#include "cvmdom/cvmdom.h"

/* What a profile is completed for where nobody names a host. */
#define CLI_BUNDLED_HOST "epyc-genoa-snp"

struct cli_hosts {
    const char *given;         /* of --host; NULL */
    const char *firmware_root; /* of --firmware-root; NULL */
    cvmdom_host *host;         /* that was given */
    pthread_mutex_t mutex;     /* of what follows */
    GHashTable *read;          /* by the word that names it: struct known_host */
    int status;                /* worst enum cli_status of reading them */
};

/* "qemu:///system". A file of such a name is reached as "./…". */
gboolean
cli_host_is_connection(const char *word);
/* A bundled host by its bare name, else a file; the caller's to cvmdom_host_free(). NULL, said why,
 * and *status worse, when it cannot be read. */
cvmdom_host *
cli_host_read(const char *word, int *status);

/* Reads the given host at once: without it the run makes no sense. Returns an enum cli_status; the
 * struct is to be cleared in any case. */
int
cli_hosts_init(struct cli_hosts *hosts, const char *given, const char *firmware_root);
void
cli_hosts_clear(struct cli_hosts *hosts);

/* The host for a domain (NULL for any): the given one, else the one its profile names, else
 * fallback (what the configuration file of that name says, or for config NULL a bundled host's
 * name; NULL for none; what was not given is said). NULL when there is none, or when it could not
 * be read, which status remembers. Several threads may ask. */
const cvmdom_host *
cli_hosts_for(struct cli_hosts *hosts, const cvmdom_domain *domain, const char *fallback,
              const char *config);

#endif
