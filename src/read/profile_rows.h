/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the rows of the field table are written: what they hold, the key, the struct, the member, one
 * line about it; further members by name. */
#ifndef CVM_READ_PROFILE_ROWS_H
#define CVM_READ_PROFILE_ROWS_H

#include <stddef.h>

#include "read/profile_fields.h"

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

#define ROW(KIND, k, s, m, h, ...)                                                                 \
    {                                                                                              \
        .key = (k), .kind = CVM_FIELD_##KIND, .offset = offsetof(struct s, m), .help = (h),        \
        ##__VA_ARGS__                                                                              \
    }
#define TEXT(k, s, m, h, ...) ROW(TEXT, k, s, m, h, ##__VA_ARGS__)
#define WORD(k, s, m, w, h, ...) ROW(TEXT, k, s, m, h, .words = (w), ##__VA_ARGS__)
#define FLAG(k, s, m, h) ROW(FLAG, k, s, m, h)
#define UINT(k, s, m, lo, hi, h, ...)                                                              \
    ROW(UINT, k, s, m, h, .least = (lo), .most = (hi), ##__VA_ARGS__)
#define SIZE(k, s, m, h, ...) ROW(SIZE, k, s, m, h, .least = 1, ##__VA_ARGS__)
#define BLOB(k, s, m, h) ROW(BLOB, k, s, m, h)
#define MAP(k, s, m, t, h, ...) ROW(MAP, k, s, m, h, .table = &(t), ##__VA_ARGS__)
#define LIST(k, s, m, t, h, ...) ROW(LIST, k, s, m, h, .table = &(t), ##__VA_ARGS__)
#define END                                                                                        \
    {                                                                                              \
        .key = NULL                                                                                \
    }

extern const struct cvm_text_format cvm_filled_format;
extern const struct cvm_text_format cvm_path_format;
extern const struct cvm_table cvm_devices_table;

/* profile_texts.c: patterns by hand. */
gboolean
cvm_text_is_line(const char *text);
gboolean
cvm_text_is_path(const char *text);
gboolean
cvm_text_is_word(const char *text);
gboolean
cvm_text_is_cpus(const char *text);
gboolean
cvm_text_is_target(const char *text);
gboolean
cvm_text_is_mac(const char *text);

#endif
