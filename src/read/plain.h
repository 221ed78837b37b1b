/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What YAML readers take a plain scalar for: YAML 1.1 (https://yaml.org/type/) and 1.2 (section
 * 10.3) differ, and whatever one of them reads as no text is told here. */
#ifndef CVM_READ_PLAIN_H
#define CVM_READ_PLAIN_H

#include <stdint.h>

#include "model/node.h"

/* Nothing is written there: null, ~ or no text at all. */
gboolean
cvm_plain_is_null(const struct cvm_node *node);
/* true, yes, on and their opposites, in any case. */
gboolean
cvm_plain_is_boolean(const char *text);
/* 17, 017, 0o17, 0b1, 1_000, 1e3, .5, .inf. */
gboolean
cvm_plain_is_number(const char *text);
/* A whole number as profiles write it: decimal without leading zero, or 0x and hexadecimal. */
gboolean
cvm_plain_parse_number(const char *text, uint64_t *value);

#endif
