/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Chunks are chained and freed together; a large request gets a chunk of its own. Objects fill a
 * chunk from below, text, which needs no alignment, from above. */
#include "util/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#ifdef CVM_SANITIZERS
enum { CHUNK_SIZE = 0 }; /* each object is an allocation, so that what goes beyond it shows */
#else
enum { CHUNK_SIZE = 8 * 1024 };
#endif

struct chunk {
    struct chunk *next;
    size_t used;  /* from below */
    size_t limit; /* where text begins */
    max_align_t data[];
};

struct kept {
    struct kept *next;
    struct cvm_arena *arena;
};

struct cvm_arena {
    gatomicrefcount references;
    struct chunk *chunks;
    struct kept *kept;
};

static struct chunk *
new_chunk(size_t size)
{
    struct chunk *chunk = g_malloc(offsetof(struct chunk, data) + size);

    *chunk = (struct chunk){ .limit = size };
    return chunk;
}

struct cvm_arena *
cvm_arena_new(void)
{
    struct cvm_arena *arena = g_new0(struct cvm_arena, 1);

    g_atomic_ref_count_init(&arena->references);
    return arena;
}

struct cvm_arena *
cvm_arena_ref(struct cvm_arena *arena)
{
    g_atomic_ref_count_inc(&arena->references);
    return arena;
}

void
cvm_arena_keep(struct cvm_arena *arena, struct cvm_arena *other)
{
    struct kept *kept = cvm_arena_new0(arena, struct kept);

    kept->arena = cvm_arena_ref(other);
    kept->next = arena->kept;
    arena->kept = kept;
}

void
cvm_arena_free(struct cvm_arena *arena)
{
    if (!arena || !g_atomic_ref_count_dec(&arena->references)) {
        return;
    }
    for (struct kept *kept = arena->kept; kept; kept = kept->next) {
        cvm_arena_free(kept->arena);
    }
    for (struct chunk *chunk = arena->chunks; chunk;) {
        struct chunk *next = chunk->next;

        g_free(chunk);
        chunk = next;
    }
    g_free(arena);
}

/* The first chunk, with room for so much; NULL when that needs one of its own. */
static struct chunk *
get_chunk(struct cvm_arena *arena, size_t size)
{
    struct chunk *chunk = arena->chunks;

    if (G_LIKELY(chunk && chunk->limit - chunk->used >= size)) {
        return chunk;
    }
    if (size > CHUNK_SIZE / 4) {
        return NULL;
    }
    chunk = new_chunk(CHUNK_SIZE);
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    return chunk;
}

/* Behind the first one, which there may be room in still. */
static void *
take_own(struct cvm_arena *arena, size_t size)
{
    struct chunk *own = new_chunk(size), *first = arena->chunks;

    own->used = size;
    if (first) {
        own->next = first->next;
        first->next = own;
    } else {
        arena->chunks = own;
    }
    return own->data;
}

void *
cvm_arena_take(struct cvm_arena *arena, size_t size)
{
    size_t align = _Alignof(max_align_t);
    struct chunk *chunk;
    void *object;

    g_assert(size <= G_MAXSIZE / 2);
    size = (size + align - 1) / align * align;
    chunk = get_chunk(arena, size);
    if (!chunk) {
        return take_own(arena, size);
    }
    object = (char *)chunk->data + chunk->used;
    chunk->used += size;
    return object;
}

void *
cvm_arena_alloc(struct cvm_arena *arena, size_t size)
{
    return memset(cvm_arena_take(arena, size), 0, size);
}

char *
cvm_arena_strndup(struct cvm_arena *arena, const char *text, size_t length)
{
    struct chunk *chunk;
    char *copy;

    g_assert(length <= G_MAXSIZE / 2);
    chunk = get_chunk(arena, length + 1);
    if (chunk) {
        chunk->limit -= length + 1;
        copy = (char *)chunk->data + chunk->limit;
    } else {
        copy = take_own(arena, length + 1);
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *
cvm_arena_strdup(struct cvm_arena *arena, const char *text)
{
    return text ? cvm_arena_strndup(arena, text, strlen(text)) : NULL;
}

char *
cvm_arena_printf(struct cvm_arena *arena, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    return cvm_arena_strdup(arena, text);
}
