/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A library for LD_PRELOAD: when cvmdom ends, looks through its memory for what is in files.
 *   CVM_SCAN_FILES  their paths, a colon between two; the first 64 bytes of each count
 *   CVM_SCAN_OUT    receives a line "PATH MAPPING" for each place, and "end" when all is looked at
 */
#define _GNU_SOURCE /* program_invocation_short_name */
#include <errno.h>
#include <stdlib.h>

#include "scan.h"

enum { MOST = 16 };

/* Not what a libtool wrapper runs before it. */
static int
is_command(void)
{
    static const char name[] = "cvmdom";
    size_t length = strlen(program_invocation_short_name);

    return length >= sizeof(name) - 1 &&
           strcmp(program_invocation_short_name + length - (sizeof(name) - 1), name) == 0;
}

struct list {
    const char *paths[MOST];
    int lengths[MOST];
    struct scan_needle needles[MOST];
    size_t count;
};

static void
tell(size_t needle, const char *mapping, void *payload)
{
    const void *const *both = payload;
    const struct list *list = both[0];
    FILE *out = (FILE *)both[1];

    fprintf(out, "%.*s %s", list->lengths[needle], list->paths[needle], mapping);
}

/* Read and masked byte by byte: the file's content is nowhere here. */
static size_t
read_needle(const char *path, struct scan_needle *needle)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    unsigned char byte;

    needle->size = 0;
    while (file >= 0 && needle->size < SCAN_LONGEST && read(file, &byte, 1) == 1) {
        needle->masked[needle->size++] = byte ^ SCAN_MASK;
    }
    if (file >= 0) {
        close(file);
    }
    return needle->size;
}

static void
read_list(struct list *list, const char *at)
{
    while (*at && list->count < MOST) {
        size_t length = strcspn(at, ":");
        char path[512];

        if (length < sizeof(path)) {
            memcpy(path, at, length);
            path[length] = '\0';
            list->paths[list->count] = at;
            list->lengths[list->count] = (int)length;
            /* What is shorter may be anywhere by chance. */
            list->count += read_needle(path, &list->needles[list->count]) >= 12;
        }
        at += length + (at[length] == ':');
    }
}

__attribute__((destructor)) static void
look(void)
{
    static struct list list;
    const char *files = getenv("CVM_SCAN_FILES"), *path = getenv("CVM_SCAN_OUT");
    FILE *out = files && path && is_command() ? fopen(path, "a") : NULL;
    const void *both[] = { &list, out };

    if (!out) {
        return;
    }
    read_list(&list, files);
    if (list.count > 0 && scan_memory(list.needles, list.count, tell, both) == 0) {
        fprintf(out, "end: %zu needles\n", list.count);
    }
    fclose(out);
}
