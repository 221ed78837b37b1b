/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* GUIDs as UEFI stores them: of the text form the first three groups in little endian, the last two
 * as written (UEFI specification, appendix A). */
#ifndef CVM_UTIL_GUID_H
#define CVM_UTIL_GUID_H

#include <glib.h>
#include <stdint.h>

#define CVM_GUID_SIZE 16

/* "96b582de-1fb2-45f7-baea-a366c55a082d" in either case; FALSE, and guid untouched, for anything
 * else. */
gboolean
cvm_guid_parse(const char *text, uint8_t guid[CVM_GUID_SIZE]);
/* Whether these 16 bytes are the GUID of that text, which must be one. */
gboolean
cvm_guid_is(const uint8_t *at, const char *text);

#endif
