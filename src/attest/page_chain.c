/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The launch digest of SEV-SNP: for each page, SHA-384 of a PAGE_INFO that has the digest so far
 * and that of the page's contents (publication 56860, "Launch Digest" and PAGE_INFO of
 * SNP_LAUNCH_UPDATE). There is no step after the last page.
 *
 * This is what most of the time of a measurement goes into, and 112 bytes cost two blocks of
 * SHA-384: so one algorithm is fetched and one context is made for all pages. */
#include <string.h>

#include "attest/digest.h"
#include "util/bytes.h"

/* PAGE_INFO. What is not named stays zero: IMI_PAGE and the permissions of VMPL 1 to 3. */
enum {
    INFO_DIGEST = 0x00,
    INFO_CONTENTS = 0x30,
    INFO_LENGTH = 0x60, /* u16, of PAGE_INFO */
    INFO_TYPE = 0x62,   /* u8 */
    INFO_ADDRESS = 0x68 /* u64, guest-physical */
};

int
attest_page_chain_begin(struct attest_page_chain *chain, cvmdom_error **error)
{
    *chain = (struct attest_page_chain){
        .md = EVP_MD_fetch(NULL, "SHA2-384", NULL),
        .context = EVP_MD_CTX_new(),
    };
    cvm_put_u16(chain->info + INFO_LENGTH, ATTEST_PAGE_INFO_SIZE);
    if (!chain->md || !chain->context || EVP_DigestInit_ex2(chain->context, chain->md, NULL) != 1) {
        return attest_crypto_error(error);
    }
    return 0;
}

void
attest_page_chain_continue(struct attest_page_chain *chain, const struct cvmdom_digest *digest)
{
    memcpy(chain->info + INFO_DIGEST, digest->bytes, ATTEST_SHA384_SIZE);
}

void
attest_page_chain_end(struct attest_page_chain *chain)
{
    EVP_MD_CTX_free(chain->context);
    EVP_MD_free(chain->md);
}

/* out may be part of data. */
static int
hash(struct attest_page_chain *chain, const uint8_t *data, size_t size, uint8_t *out,
     cvmdom_error **error)
{
    if (EVP_DigestInit_ex2(chain->context, NULL, NULL) != 1 ||
        EVP_DigestUpdate(chain->context, data, size) != 1 ||
        EVP_DigestFinal_ex(chain->context, out, NULL) != 1) {
        return attest_crypto_error(error);
    }
    return 0;
}

/* The page whose contents are described already. */
static int
add_page(struct attest_page_chain *chain, enum attest_page_type type, uint64_t address,
         cvmdom_error **error)
{
    chain->info[INFO_TYPE] = (uint8_t)type;
    cvm_put_u64(chain->info + INFO_ADDRESS, address);
    return hash(chain, chain->info, ATTEST_PAGE_INFO_SIZE, chain->info + INFO_DIGEST, error);
}

/* Firmware images have long runs of equal pages (unused flash is all ones), which are hashed once:
 * comparing two pages that differ costs next to nothing. */
int
attest_page_chain_add_data(struct attest_page_chain *chain, uint64_t address, const uint8_t *data,
                           size_t size, cvmdom_error **error)
{
    for (size_t at = 0; at < size; at += ATTEST_PAGE_SIZE) {
        const uint8_t *page = data + at;
        gboolean again = at > 0 && memcmp(page, page - ATTEST_PAGE_SIZE, ATTEST_PAGE_SIZE) == 0;

        if ((!again &&
             hash(chain, page, ATTEST_PAGE_SIZE, chain->info + INFO_CONTENTS, error) < 0) ||
            add_page(chain, ATTEST_PAGE_NORMAL, address + at, error) < 0) {
            return -1;
        }
    }
    return 0;
}

int
attest_page_chain_add_empty(struct attest_page_chain *chain, enum attest_page_type type,
                            uint64_t address, uint64_t size, cvmdom_error **error)
{
    memset(chain->info + INFO_CONTENTS, 0, ATTEST_SHA384_SIZE);
    for (uint64_t at = 0; at < size; at += ATTEST_PAGE_SIZE) {
        if (add_page(chain, type, address + at, error) < 0) {
            return -1;
        }
    }
    return 0;
}

int
attest_page_chain_add_vmsa(struct attest_page_chain *chain, const uint8_t page[ATTEST_PAGE_SIZE],
                           uint64_t count, cvmdom_error **error)
{
    if (hash(chain, page, ATTEST_PAGE_SIZE, chain->info + INFO_CONTENTS, error) < 0) {
        return -1;
    }
    for (uint64_t i = 0; i < count; i++) {
        if (add_page(chain, ATTEST_PAGE_VMSA, ATTEST_VMSA_ADDRESS, error) < 0) {
            return -1;
        }
    }
    return 0;
}

void
attest_page_chain_get(const struct attest_page_chain *chain, struct cvmdom_digest *digest)
{
    *digest = (struct cvmdom_digest){ .size = ATTEST_SHA384_SIZE };
    memcpy(digest->bytes, chain->info + INFO_DIGEST, ATTEST_SHA384_SIZE);
}
