/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Times the SEV-SNP launch digest of a firmware image beside SHA-384 of the same bytes, in
 * alternating pairs in one process:
 *   digest N FIRMWARE
 * Prints, tab-separated: the median of either in ms of processor time, and the median and the
 * quartiles of the pairs' ratios. */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cvmdom/attest.h"

static double
now_ms(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void
fail(const cvmdom_error *error)
{
    fprintf(stderr, "%s\n", error ? cvmdom_error_message(error) : "libcrypto fails");
    exit(EXIT_FAILURE);
}

static double
time_digest(const struct cvmdom_launch *launch, const cvmdom_firmware *firmware)
{
    double start = now_ms();
    struct cvmdom_digest digest;
    cvmdom_error *error = NULL;

    if (cvmdom_launch_digest(launch, firmware, NULL, NULL, &digest, &error) < 0) {
        fail(error);
    }
    return now_ms() - start;
}

static double
time_sha384(const cvmdom_firmware *firmware)
{
    double start = now_ms();
    unsigned char digest[EVP_MAX_MD_SIZE];
    size_t size;
    const unsigned char *data = cvmdom_firmware_data(firmware, &size);

    if (EVP_Digest(data, size, digest, NULL, EVP_sha384(), NULL) != 1) {
        fail(NULL);
    }
    return now_ms() - start;
}

static int
compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

/* Of sorted values; the nearest one, not interpolated. */
static double
quantile(const double *sorted, int count, double fraction)
{
    return sorted[(int)(fraction * (count - 1) + 0.5)];
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
