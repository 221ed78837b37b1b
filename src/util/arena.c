/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Chunks are chained and freed together; a large request gets a chunk of its own. */
#include "util/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

enum { CHUNK_SIZE = 16 * 1024 };

struct chunk {
    struct chunk *next;
    size_t used;
    size_t size;
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

    chunk->size = size;
    chunk->used = 0;
    chunk->next = NULL;
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

void *
cvm_arena_alloc(struct cvm_arena *arena, size_t size)
{
    struct chunk *chunk = arena->chunks;
    size_t align = _Alignof(max_align_t);
    void *object;

    g_assert(size <= G_MAXSIZE / 2);
    size = (size + align - 1) / align * align;
    if (size > CHUNK_SIZE / 4) {
        struct chunk *own = new_chunk(size);

        own->used = size;
        if (chunk) {
            own->next = chunk->next;
            chunk->next = own;
        } else {
            arena->chunks = own;
        }
        return memset(own->data, 0, size);
    }
    if (!chunk || chunk->size - chunk->used < size) {
        chunk = new_chunk(CHUNK_SIZE);
        chunk->next = arena->chunks;
        arena->chunks = chunk;
    }
    object = (char *)chunk->data + chunk->used;
    chunk->used += size;
    return memset(object, 0, size);
}

char *
cvm_arena_strndup(struct cvm_arena *arena, const char *text, size_t length)
{
    char *copy = cvm_arena_alloc(arena, length + 1);

    memcpy(copy, text, length);
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
