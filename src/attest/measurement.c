/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What LAUNCH_MEASURE answers (AMD publication 55766, "LAUNCH_MEASURE"): an HMAC over the
 * firmware's version, the guest's policy, the launch digest and a nonce, by the transport integrity
 * key. */
#include <openssl/crypto.h>
#include <string.h>

#include "attest/attest.h"
#include "util/base64.h"
#include "util/bytes.h"
#include "util/i18n.h"

enum {
    /* The answer */
    BLOB_HMAC = 0x00,
    BLOB_NONCE = 0x20,
    BLOB_SIZE = 0x30,
    /* What is authenticated. Firmware before API 0.17 left the first four bytes out; there is none
     * left that runs guests. */
    MESSAGE_CONTEXT = 0x00,
    MESSAGE_MAJOR = 0x01,
    MESSAGE_MINOR = 0x02,
    MESSAGE_BUILD = 0x03,
    MESSAGE_POLICY = 0x04,
    MESSAGE_DIGEST = 0x08,
    MESSAGE_NONCE = 0x28,
    CONTEXT_MEASURE = 0x04,
    DIGEST_SIZE = 32,
};

int
cvmdom_measurement_parse(const char *base64, struct cvmdom_measurement *measurement,
                         cvmdom_error **error)
{
    size_t size = 0;
    g_autofree guchar *blob = cvm_base64_decode(base64, &size);

    if (!blob) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_SYNTAX,
            _("the measurement is not base64: give it as 'virsh domlaunchsecinfo' "
              "prints sev-measurement, 64 characters"));
    }
    if (size != BLOB_SIZE) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_SYNTAX,
            _("the measurement has %1$zu bytes instead of %2$u, an HMAC of 32 and a "
              "nonce of 16: give it as 'virsh domlaunchsecinfo' prints "
              "sev-measurement, 64 characters"),
            size, BLOB_SIZE);
    }
    memcpy(measurement->hmac, blob + BLOB_HMAC, sizeof(measurement->hmac));
    memcpy(measurement->nonce, blob + BLOB_NONCE, sizeof(measurement->nonce));
    return 0;
}

static int
check(const struct cvmdom_measurement *measurement, const struct cvmdom_digest *digest,
      cvmdom_error **error)
{
    if (measurement->api_major > UINT8_MAX || measurement->api_minor > UINT8_MAX ||
        measurement->build_id > UINT8_MAX) {
        return cvmdom_error_set(error, CVMDOM_ERROR_USAGE,
                                _("version %1$u.%2$u, build %3$u is none of SEV firmware, whose "
                                  "numbers are 0 to 255"),
                                measurement->api_major, measurement->api_minor,
                                measurement->build_id);
    }
    if (digest->size != DIGEST_SIZE) {
        return cvmdom_error_set(
            error, CVMDOM_ERROR_USAGE,
            _("a launch digest of %1$zu bytes is none of SEV or SEV-ES, which has "
              "%2$u"),
            digest->size, DIGEST_SIZE);
    }
    return 0;
}

void
attest_measured_write(const struct cvmdom_measurement *measurement, uint32_t policy,
                      const unsigned char digest[32], unsigned char message[ATTEST_MEASURED_SIZE])
{
    message[MESSAGE_CONTEXT] = CONTEXT_MEASURE;
    message[MESSAGE_MAJOR] = (unsigned char)measurement->api_major;
    message[MESSAGE_MINOR] = (unsigned char)measurement->api_minor;
    message[MESSAGE_BUILD] = (unsigned char)measurement->build_id;
    cvm_put_u32(message + MESSAGE_POLICY, policy);
    memcpy(message + MESSAGE_DIGEST, digest, DIGEST_SIZE);
    memcpy(message + MESSAGE_NONCE, measurement->nonce, sizeof(measurement->nonce));
}

int
cvmdom_measurement_compute(const struct cvmdom_measurement *measurement, uint32_t policy,
                           const struct cvmdom_digest *digest,
                           const struct cvmdom_launch_keys *keys, unsigned char hmac[32],
                           cvmdom_error **error)
{
    unsigned char message[ATTEST_MEASURED_SIZE];
    const struct attest_part parts[] = { { message, sizeof(message) }, { NULL, 0 } };

    if (check(measurement, digest, error) < 0) {
        return -1;
    }
    attest_measured_write(measurement, policy, digest->bytes, message);
    return attest_hmac(keys->tik, sizeof(keys->tik), parts, hmac, error);
}

int
cvmdom_measurement_verify(const struct cvmdom_measurement *measurement, uint32_t policy,
                          const struct cvmdom_digest *digest, const struct cvmdom_launch_keys *keys,
                          cvmdom_error **error)
{
    unsigned char expected[32];
    int matches;

    if (cvmdom_measurement_compute(measurement, policy, digest, keys, expected, error) < 0) {
        return -1;
    }
    matches = CRYPTO_memcmp(expected, measurement->hmac, sizeof(expected)) == 0;
    OPENSSL_cleanse(expected, sizeof(expected));
    return matches;
}
