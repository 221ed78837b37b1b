/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The least embedder: render PROFILE HOST. */
#include <cvmdom/cvmdom.h>
#include <stdio.h>
#include <stdlib.h>

int
main(int argc, char **argv)
{
    cvmdom_error *error = NULL;
    cvmdom_host *host = argc == 3 ? cvmdom_host_read(argv[2], &error) : NULL;
    cvmdom_domains *domains = host ? cvmdom_domains_read(argv[1], NULL, &error) : NULL;
    cvmdom_domain *domain = domains ? cvmdom_domains_get(domains, 0) : NULL;
    char *xml = NULL;

    if (domain) {
        cvmdom_domain_resolve(domain, host);
        if (cvmdom_domain_render(domain, host, "libvirt", &xml, &error) == 0) {
            fputs(xml, stdout);
        }
    }
    if (error) {
        fprintf(stderr, "%s\n", cvmdom_error_message(error));
    }
    free(xml);
    cvmdom_error_free(error);
    cvmdom_domains_free(domains);
    cvmdom_host_free(host);
    return xml ? EXIT_SUCCESS : EXIT_FAILURE;
}
