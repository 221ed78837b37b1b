/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bump allocator: everything that belongs to one document is allocated here and freed at once. */
#ifndef CVM_UTIL_ARENA_H
#define CVM_UTIL_ARENA_H

#include <glib.h>

#include "util/auto.h"

struct cvm_arena;

struct cvm_arena *
cvm_arena_new(void);
/* Gives up one reference; the last one frees. */
void
cvm_arena_free(struct cvm_arena *arena);
/* Another reference, for an object that points into an arena it does not own. Safe between threads,
 * unlike allocation. */
struct cvm_arena *
cvm_arena_ref(struct cvm_arena *arena);
/* Keeps other alive as long as arena. */
void
cvm_arena_keep(struct cvm_arena *arena, struct cvm_arena *other);

/* Zeroed, aligned for any object; aborts when memory runs out, as GLib does. */
void *
cvm_arena_alloc(struct cvm_arena *arena, size_t size);
/* The same, but not zeroed: for what is assigned as a whole. */
void *
cvm_arena_take(struct cvm_arena *arena, size_t size);
char *
cvm_arena_strdup(struct cvm_arena *arena, const char *text);
char *
cvm_arena_strndup(struct cvm_arena *arena, const char *text, size_t length);
char *
cvm_arena_printf(struct cvm_arena *arena, const char *format, ...) G_GNUC_PRINTF(2, 3);

#define cvm_arena_new0(arena, type) ((type *)cvm_arena_alloc((arena), sizeof(type)))
#define cvm_arena_array(arena, type, count)                                                        \
    ((type *)cvm_arena_alloc((arena), sizeof(type) * (size_t)(count)))

CVM_DEFINE_AUTO(arena)

#endif
