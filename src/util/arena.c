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
    max_align_t data[];
};

struct kept {
    struct kept *next;
    struct cvm_arena *arena;
};

struct cvm_arena {
    gatomicrefcount references;
    struct chunk *chunks;
    char *low, *high; /* what is free of the chunk that is being filled */
    struct kept *kept;
};

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

static void *
add_chunk(struct cvm_arena *arena, size_t size)
{
    struct chunk *chunk = g_malloc(offsetof(struct chunk, data) + size);

    chunk->next = arena->chunks;
    arena->chunks = chunk;
    return chunk->data;
}

/* Room for so much in the chunk that is being filled; FALSE when that needs one of its own. */
static gboolean
make_room(struct cvm_arena *arena, size_t size)
{
    if (G_LIKELY((size_t)(arena->high - arena->low) > size)) {
        return TRUE;
    }
    if (size > CHUNK_SIZE / 4) {
        return FALSE;
    }
    arena->low = add_chunk(arena, CHUNK_SIZE);
    arena->high = arena->low + CHUNK_SIZE;
    return TRUE;
}

void *
cvm_arena_take(struct cvm_arena *arena, size_t size)
{
    size_t align = _Alignof(max_align_t);
    void *object;

    g_assert(size <= G_MAXSIZE / 2);
    size = (size + align - 1) / align * align;
    if (!make_room(arena, size)) {
        return add_chunk(arena, size);
    }
    object = arena->low;
    arena->low += size;
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
    char *copy;

    g_assert(length <= G_MAXSIZE / 2);
    if (make_room(arena, length + 1)) {
        arena->high -= length + 1;
        copy = arena->high;
    } else {
        copy = add_chunk(arena, length + 1);
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
