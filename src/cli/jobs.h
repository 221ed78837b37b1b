/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The domains that a command's profiles describe: read all and judge all, before anything is done
 * with one of them. */
#ifndef CVM_CLI_JOBS_H
#define CVM_CLI_JOBS_H

#include <glib.h>

#include "cvmdom/cvmdom.h"

struct cli_job {
    const char *profile;
    unsigned number; /* of the document in its file, from 1; 0 when it is the only one */
    cvmdom_domain *domain;
    const cvmdom_host *host; /* what it was judged for; NULL: there is none */
    gboolean refused;
};

struct cli_jobs {
    gboolean force;     /* findings of severity error refuse nothing */
    gboolean colour;    /* on standard error */
    const char *target; /* a name of cvmdom_target_name(); NULL: libvirt */
    cvmdom_findings *findings;
    GPtrArray *files; /* of cvmdom_domains, which own the domains */
    GArray *jobs;     /* of struct cli_job */
    int status;       /* the worst that happened: an enum cli_status */
};

void
cli_jobs_init(struct cli_jobs *jobs, gboolean force, const char *color);
void
cli_jobs_clear(struct cli_jobs *jobs);
/* Gives up what was read and found, for the next file; the status stays. */
void
cli_jobs_reset(struct cli_jobs *jobs);
/* What cannot be read is said. sets as cvmdom_domains_read() has them. */
void
cli_jobs_read(struct cli_jobs *jobs, const char *path, const char *const *sets);
struct cli_job *
cli_jobs_at(const struct cli_jobs *jobs, guint i);
/* Resolves and checks a domain for a host; without one (NULL) it is refused. Findings are kept for
 * cli_jobs_report(). */
void
cli_jobs_judge(struct cli_jobs *jobs, struct cli_job *job, const cvmdom_host *host);
/* The findings, and what comments suppress of severity error. */
void
cli_jobs_report(const struct cli_jobs *jobs);
/* What to call a domain in messages. */
const char *
cli_job_title(const struct cli_job *job);

#endif
