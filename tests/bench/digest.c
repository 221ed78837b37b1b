/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Times the SEV-SNP launch digest of a firmware image beside SHA-384 of the same bytes, in
 * alternating pairs in one process:
 *   digest N FIRMWARE
 * Prints, tab-separated: the median of either in ms of processor time, and the median and the
 * quartiles of the pairs' ratios. */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "cvmdom/attest.h"
#include "times.h"

static void
fail(const cvmdom_error *error)
{
    fprintf(stderr, "%s\n", error ? cvmdom_error_message(error) : "libcrypto fails");
    exit(EXIT_FAILURE);
}

static double
time_digest(const struct cvmdom_launch *launch, const cvmdom_firmware *firmware)
{
    double start = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
    struct cvmdom_digest digest;
    cvmdom_error *error = NULL;

    if (cvmdom_launch_digest(launch, firmware, NULL, NULL, &digest, &error) < 0) {
        fail(error);
    }
    return clock_ms(CLOCK_PROCESS_CPUTIME_ID) - start;
}

static double
time_sha384(const cvmdom_firmware *firmware)
{
    double start = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
    unsigned char digest[EVP_MAX_MD_SIZE];
    size_t size;
    const unsigned char *data = cvmdom_firmware_data(firmware, &size);

    if (EVP_Digest(data, size, digest, NULL, EVP_sha384(), NULL) != 1) {
        fail(NULL);
    }
    return clock_ms(CLOCK_PROCESS_CPUTIME_ID) - start;
}

int
main(int argc, char **argv)
{
    int count = argc == 3 ? atoi(argv[1]) : 0;
    struct cvmdom_launch launch = {
        .guest = "sev-snp",
        .has_policy = 1,
        .policy = 0x30000,
        .vcpus = 4,
        .signature = 0xa00f11,
        .features = 1,
    };
    cvmdom_error *error = NULL;
    cvmdom_firmware *firmware;
    double *a, *b, *ratio;

    if (count < 1) {
        fprintf(stderr, "usage: digest N FIRMWARE\n");
        return EXIT_FAILURE;
    }
    launch.firmware = argv[2];
    firmware = cvmdom_firmware_read(argv[2], &error);
    a = calloc((size_t)count, sizeof(*a));
    b = calloc((size_t)count, sizeof(*b));
    ratio = calloc((size_t)count, sizeof(*ratio));
    if (!firmware || !a || !b || !ratio) {
        fail(error);
    }
    time_digest(&launch, firmware); /* warms the caches */
    time_sha384(firmware);
    for (int i = 0; i < count; i++) {
        a[i] = time_digest(&launch, firmware);
        b[i] = time_sha384(firmware);
        ratio[i] = a[i] / b[i];
    }
    qsort(a, (size_t)count, sizeof(*a), compare);
    qsort(b, (size_t)count, sizeof(*b), compare);
    qsort(ratio, (size_t)count, sizeof(*ratio), compare);
    printf("%.3f\t%.3f\t%.4f\t%.4f\t%.4f\n", quantile(a, count, 0.5), quantile(b, count, 0.5),
           quantile(ratio, count, 0.5), quantile(ratio, count, 0.25), quantile(ratio, count, 0.75));
    free(a);
    free(b);
    free(ratio);
    cvmdom_firmware_free(firmware);
    return EXIT_SUCCESS;
}
