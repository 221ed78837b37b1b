/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The least embedder of libcvmdom-attest: measure PROFILE HOST FIRMWARE. */
#include <cvmdom/attest.h>
#include <cvmdom/cvmdom.h>
#include <stdio.h>
#include <stdlib.h>

static int
measure(const cvmdom_domain *domain, const cvmdom_host *host, const char *image,
        cvmdom_error **error)
{
    cvmdom_firmware *firmware = cvmdom_firmware_read(image, error);
    struct cvmdom_launch launch;
    struct cvmdom_digest digest;
    int status = -1;

    cvmdom_domain_launch(domain, host, &launch);
    if (firmware) {
        status = cvmdom_launch_digest(&launch, firmware, NULL, NULL, &digest, error);
    }
    for (size_t i = 0; status == 0 && i < digest.size; i++) {
        printf("%02x%s", digest.bytes[i], i + 1 < digest.size ? "" : "\n");
    }
    cvmdom_firmware_free(firmware);
    return status;
}

int
main(int argc, char **argv)
{
    cvmdom_error *error = NULL;
    cvmdom_domains *domains = argc == 4 ? cvmdom_domains_read(argv[1], NULL, &error) : NULL;
    cvmdom_host *host = domains ? cvmdom_host_read(argv[2], &error) : NULL;
    int status = -1;

    if (host) {
        cvmdom_domain_resolve(cvmdom_domains_get(domains, 0), host);
        status = measure(cvmdom_domains_get(domains, 0), host, argv[3], &error);
    }
    if (error) {
        fprintf(stderr, "%s\n", cvmdom_error_message(error));
    }
    cvmdom_error_free(error);
    cvmdom_host_free(host);
    cvmdom_domains_free(domains);
    return status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
