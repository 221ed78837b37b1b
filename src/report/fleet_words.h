/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words of a fleet's text: lists of them, each once, and what pools are called. */
#ifndef CVM_REPORT_FLEET_WORDS_H
#define CVM_REPORT_FLEET_WORDS_H

#include "model/fleet.h"

/* Appends a copy to words that g_free() frees, unless it is there. */
void
cvm_words_add(GPtrArray *words, const char *word);
/* "a, b"; the caller's to g_free(). */
char *
cvm_words_join(GPtrArray *words);

/* What a pool is called by: a name is made once a group, not once a pair. */
struct cvm_limit {
    const struct cvm_fleet_host *host;
    const struct cvm_fleet_pool *pool;
    gboolean divided;
};

/* limits: of struct cvm_limit, each name once. */
void
cvm_limits_add(GArray *limits, const struct cvm_fleet_host *host,
               const struct cvm_fleet_pool *pool);
/* The caller's to g_free(). */
char *
cvm_limits_join(const GArray *limits);

#endif
