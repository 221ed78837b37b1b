/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks for bytes in all memory of this process that can be written to. Whoever looks must not have
 * them there himself: needles are masked. */
#ifndef CVM_TESTS_SCAN_H
#define CVM_TESTS_SCAN_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SCAN_LONGEST = 64, SCAN_MASK = 0x5a };

struct scan_needle {
    unsigned char masked[SCAN_LONGEST];
    size_t size;
};

static inline void
scan_mask(struct scan_needle *needle, const unsigned char *bytes, size_t size)
{
    needle->size = size < SCAN_LONGEST ? size : SCAN_LONGEST;
    for (size_t i = 0; i < needle->size; i++) {
        needle->masked[i] = bytes[i] ^ SCAN_MASK;
    }
}

/* As it is, or backwards: numbers are kept either way. */
static inline int
scan_is_at(const struct scan_needle *needle, const unsigned char *at)
{
    size_t last = needle->size - 1, i = 0;

    if (at[0] == (needle->masked[0] ^ SCAN_MASK)) {
        while (i <= last && at[i] == (needle->masked[i] ^ SCAN_MASK)) {
            i++;
        }
    }
    if (i <= last && at[0] == (needle->masked[last] ^ SCAN_MASK)) {
        for (i = 0; i <= last && at[i] == (needle->masked[last - i] ^ SCAN_MASK);) {
            i++;
        }
    }
    return i > last;
}

/* Calls found for each place of each needle. Returns 0, or -1 where memory cannot be read. */
static inline int
scan_memory(const struct scan_needle *needles, size_t count,
            void (*found)(size_t needle, const char *mapping, void *payload), void *payload)
{
    static unsigned char piece[(1 << 16) + SCAN_LONGEST];
    FILE *maps = fopen("/proc/self/maps", "r");
    int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    unsigned long from, to;
    char line[512], mode[8];

    while (maps && memory >= 0 && fgets(line, sizeof(line), maps)) {
        if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) != 3 || mode[1] != 'w') {
            continue;
        }
        for (unsigned long at = from; at < to; at += 1 << 16) {
            size_t size = to - at < sizeof(piece) ? to - at : sizeof(piece);
            ssize_t got = pread(memory, piece, size, (off_t)at);

            for (ssize_t i = 0; i < got && i < 1 << 16; i++) {
                for (size_t j = 0; j < count; j++) {
                    if (i + (ssize_t)needles[j].size <= got && scan_is_at(&needles[j], piece + i)) {
                        found(j, line, payload);
                    }
                }
            }
            memset(piece, 0, sizeof(piece));
        }
    }
    if (maps) {
        fclose(maps);
    }
    if (memory >= 0) {
        close(memory);
    }
    return maps && memory >= 0 ? 0 : -1;
}

#endif
