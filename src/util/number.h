/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers, sizes, versions and CPU sets as text: strict, no white space, no sign, no silent wrap.
 */
#ifndef CVM_UTIL_NUMBER_H
#define CVM_UTIL_NUMBER_H

#include <glib.h>
#include <stdint.h>

/* Decimal digits only. */
gboolean
cvm_number_parse_decimal(const char *text, uint64_t *value);
/* Hexadecimal digits, with or without 0x. */
gboolean
cvm_number_parse_hex(const char *text, uint64_t *value);

/* Decimal digits of a number, within the buffer. */
enum { CVM_NUMBER_SIZE = 21 };
const char *
cvm_number_format(char digits[CVM_NUMBER_SIZE], uint64_t value);
/* Hexadecimal digits, so many at least. */
const char *
cvm_number_format_hex(char digits[CVM_NUMBER_SIZE], uint64_t value, unsigned least);

enum cvm_size_result {
    CVM_SIZE_OK,
    CVM_SIZE_MALFORMED,
    CVM_SIZE_NO_UNIT,   /* a bare number: libvirt would take KiB, most people mean MiB or bytes */
    CVM_SIZE_AMBIGUOUS, /* K, M, G, T (1000 or 1024?) */
    CVM_SIZE_OVERFLOW,
};

/* "8GiB", "512 MiB", "4096B", "1GB" (10^9): *bytes in bytes. */
enum cvm_size_result
cvm_size_parse(const char *text, uint64_t *bytes);
/* Shortest exact form with a binary unit: "8GiB", "1025KiB", "17B"; the caller's to g_free(). */
char *
cvm_size_format(uint64_t bytes);

/* libvirt counts memory in KiB and rounds up, and so do the renderers. */
static inline uint64_t
cvm_kib(uint64_t bytes)
{
    return bytes / 1024 + (bytes % 1024 != 0);
}

/* "11.3.0" -> 11003000, libvirt's and QEMU's own form; a missing part is 0, trailing text ("-rc1",
 * "+ds") is ignored. */
gboolean
cvm_version_parse(const char *text, unsigned *version);
#define CVM_VERSION(major, minor, micro) ((major)*1000000U + (minor)*1000U + (micro))
char *
cvm_version_format(unsigned version);

#endif
