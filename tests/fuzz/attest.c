/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is attested with is damaged in all ways that matter, and read: nothing may crash, what is
 * refused has a reason, and what was changed where it counts is never accepted.
 *   attest TARGET ROUNDS SEED [FILE…]
 * Each way of damaging is tried ROUNDS times on each seed, evenly over its length. The same SEED
 * damages alike. Files are written to the working directory: an input that the program ends by is
 * left there as TARGET.input. */
#include "attest.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/file.h"

enum { LIMIT_SEED = 1 << 22 };

static const struct fuzz_target *const targets[] = {
    &fuzz_firmware,    &fuzz_svsm, &fuzz_chain,     &fuzz_ca,       &fuzz_pdh,
    &fuzz_report,      &fuzz_vcek, &fuzz_report_ca, &fuzz_id_block, &fuzz_id_key,
    &fuzz_measurement, &fuzz_keys, &fuzz_secret,
};

/* ---- for targets ---- */

static GPtrArray *seeds;

struct fuzz_seed *
fuzz_add(const char *name, const void *data, size_t size)
{
    struct fuzz_seed *seed = g_new0(struct fuzz_seed, 1);

    seed->name = name;
    seed->data = g_memdup2(data, size);
    seed->size = size;
    seed->accepted = TRUE;
    g_ptr_array_add(seeds, seed);
    return seed;
}

gboolean
fuzz_refuse(cvmdom_error *error)
{
    g_assert_nonnull(error);
    g_assert_cmpstr(cvmdom_error_message(error), !=, "");
    cvmdom_error_free(error);
    return FALSE;
}

unsigned char *
fuzz_read(const char *path, size_t *size)
{
    g_autoptr(GError) error = NULL;
    char *data;

    if (cvm_file_read(path, LIMIT_SEED, &data, size, &error) < 0) {
        fprintf(stderr, "%s\n", error->message);
        exit(EXIT_FAILURE);
    }
    return (unsigned char *)data;
}

const char *
fuzz_file(unsigned slot, const unsigned char *data, size_t size)
{
    static const char *const names[] = { "file.0", "file.1" };
    FILE *file = fopen(names[slot], "w");

    g_assert_true(file && fwrite(data, 1, size, file) == size && fclose(file) == 0);
    return names[slot];
}

/* ---- damage ---- */

/* What is damaged, and where: place is in the seed's focus as a rule. */
struct damage {
    GRand *random;
    GByteArray *bytes;
    const struct fuzz_seed *seed;
    size_t place;
};

static size_t
draw(GRand *random, size_t below)
{
    return below ? g_rand_int(random) % below : 0;
}

static void
cut_end(struct damage *damage)
{
    g_byte_array_set_size(damage->bytes, (guint)damage->place);
}

static void
cut_start(struct damage *damage)
{
    g_byte_array_remove_range(damage->bytes, 0, (guint)damage->place);
}

static void
flip(struct damage *damage)
{
    if (damage->place < damage->bytes->len) {
        damage->bytes->data[damage->place] ^= (guint8)(1U << draw(damage->random, 8));
    }
}

/* Lengths, counts and versions are such numbers. */
static void
set_number(struct damage *damage)
{
    static const guint64 values[] = {
        0,          1,          2,          0x7f,   0xff,      0xffff,     0x7fff,
        0x7fffffff, 0x80000000, 0xffffffff, 0x1000, 0xfffffff, 0xfffff000, G_MAXUINT64,
    };
    static const unsigned widths[] = { 1, 2, 4, 8 };
    unsigned width = widths[draw(damage->random, G_N_ELEMENTS(widths))];
    guint64 value = values[draw(damage->random, G_N_ELEMENTS(values))];
    guint64 bytes = GUINT64_TO_LE(value);

    if (damage->place + width <= damage->bytes->len) {
        memcpy(damage->bytes->data + damage->place, &bytes, width);
    }
}

/* One more or less than it was. */
static void
step_number(struct damage *damage)
{
    if (damage->place < damage->bytes->len) {
        damage->bytes->data[damage->place] += draw(damage->random, 2) ? 1 : 0xff;
    }
}

/* A part over another one: sections that overlap or loop, entries that are there twice. */
static void
copy_part(struct damage *damage)
{
    size_t size = damage->bytes->len - MIN(damage->place, damage->bytes->len);
    size_t from = damage->place, length = 1 + draw(damage->random, 64);
    size_t to = draw(damage->random, 2) ? from + draw(damage->random, 64) - MIN(from, 32)
                                        : draw(damage->random, damage->bytes->len);

    length = MIN(length, size);
    if (to < damage->bytes->len) {
        memmove(damage->bytes->data + to, damage->bytes->data + from,
                MIN(length, damage->bytes->len - to));
    }
}

static void
erase_part(struct damage *damage)
{
    size_t length = 1 + draw(damage->random, 40);

    if (damage->place < damage->bytes->len) {
        g_byte_array_remove_range(damage->bytes, (guint)damage->place,
                                  (guint)MIN(length, damage->bytes->len - damage->place));
    }
}

static void
insert_part(struct damage *damage)
{
    size_t length = 1 + draw(damage->random, 40), before = damage->bytes->len;
    size_t place = MIN(damage->place, before);

    g_byte_array_set_size(damage->bytes, (guint)(before + length));
    memmove(damage->bytes->data + place + length, damage->bytes->data + place, before - place);
    for (size_t i = 0; i < length; i++) {
        damage->bytes->data[place + i] = (guint8)g_rand_int(damage->random);
    }
}

static void
append(struct damage *damage)
{
    size_t before = damage->bytes->len, more = 1 + draw(damage->random, 2 * before + 16);
    gboolean again = before && draw(damage->random, 2);

    g_byte_array_set_size(damage->bytes, (guint)(before + more));
    for (size_t i = 0; i < more; i++) {
        damage->bytes->data[before + i] = again ? damage->bytes->data[i % before] : 0;
    }
}

static void
splice(struct damage *damage)
{
    const struct fuzz_seed *other = g_ptr_array_index(seeds, draw(damage->random, seeds->len));
    size_t from = draw(damage->random, other->size), length = 1 + draw(damage->random, 60);

    length = MIN(length, other->size - from);
    if (damage->place + length <= damage->bytes->len) {
        memcpy(damage->bytes->data + damage->place, other->data + from, length);
    }
}

static void (*const ways[])(struct damage *) = {
    flip,      cut_end,    cut_start,   set_number, step_number,
    copy_part, erase_part, insert_part, append,     splice,
};

/* Number index of count places, and a little further at random. */
static size_t
find_place(GRand *random, const struct fuzz_seed *seed, size_t index, size_t count)
{
    struct fuzz_range range = seed->focus;
    size_t length, step;

    if (range.end == 0 || draw(random, 8) == 0) {
        range = (struct fuzz_range){ 0, seed->size };
    }
    length = range.end - range.start;
    step = MAX(length / count, 1);
    return range.start + MIN(index * length / count + draw(random, step), length);
}

/* ---- attempts ---- */

static const struct fuzz_target *target;
static const struct fuzz_seed *current;
static const unsigned char *input;
static size_t input_size;

static void
keep_input(int number)
{
    char path[64];
    int fd;

    g_snprintf(path, sizeof(path), "%s.input", target->name);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd >= 0 && write(fd, input, input_size) >= 0) {
        fprintf(stderr, "%s: what was made of '%s' is in '%s'\n", target->name, current->name,
                path);
    }
    signal(number, SIG_DFL);
    raise(number);
}

static gboolean
is_same_where_it_counts(const struct fuzz_seed *seed, const unsigned char *data, size_t size)
{
    for (const struct fuzz_range *range = seed->counts; range && range->end; range++) {
        if (range->end > size || memcmp(data + range->start, seed->data + range->start,
                                        range->end - range->start) != 0) {
            return FALSE;
        }
    }
    return TRUE;
}

/* The input in a buffer of exactly its size, so that a sanitizer sees what is read beyond. */
static gboolean
attempt(const struct fuzz_seed *seed, const unsigned char *data, size_t size)
{
    g_autofree unsigned char *exact = g_malloc(MAX(size, 1));
    gboolean accepted;

    memcpy(exact, data ? data : exact, size);
    current = seed;
    input = exact;
    input_size = size;
    accepted = target->attempt(seed, exact, size);
    if (accepted && !is_same_where_it_counts(seed, exact, size)) {
        g_error("%s: '%s' was changed where it counts, and accepted", target->name, seed->name);
    }
    return accepted;
}

static unsigned
damage_seed(GRand *random, const struct fuzz_seed *seed, size_t rounds)
{
    enum { TOGETHER = G_N_ELEMENTS(ways) }; /* several at once */
    unsigned accepted = 0;

    for (size_t i = 0; i < rounds * (TOGETHER + 1); i++) {
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        struct damage damage = { random, bytes, seed, 0 };
        size_t way = i % (TOGETHER + 1);

        g_byte_array_append(bytes, seed->data, (guint)seed->size);
        for (size_t n = way == TOGETHER ? 2 + draw(random, 5) : 1; n > 0; n--) {
            size_t place = find_place(random, seed, i / (TOGETHER + 1), rounds);

            damage.place = MIN(place, bytes->len);
            ways[way == TOGETHER ? draw(random, TOGETHER) : way](&damage);
        }
        accepted += attempt(seed, bytes->data, bytes->len);
    }
    return accepted;
}

static void
run(size_t rounds, guint32 number, char **files)
{
    GRand *random = g_rand_new_with_seed(number);
    unsigned accepted = 0;

    seeds = g_ptr_array_new();
    target->set_up(files);
    for (guint i = 0; i < seeds->len; i++) {
        const struct fuzz_seed *seed = g_ptr_array_index(seeds, i);

        if (attempt(seed, seed->data, seed->size) != seed->accepted) {
            g_error("%s: '%s' as it is should%s be accepted", target->name, seed->name,
                    seed->accepted ? "" : " not");
        }
        accepted += damage_seed(random, seed, rounds);
    }
    printf("%s: %u seeds, each damaged %zu times, of which %u still stood\n", target->name,
           seeds->len, rounds * (G_N_ELEMENTS(ways) + 1), accepted);
    if (target->tear_down) {
        target->tear_down();
    }
    for (guint i = 0; i < seeds->len; i++) {
        struct fuzz_seed *seed = g_ptr_array_index(seeds, i);

        g_free(seed->data);
        g_free(seed->details);
        g_free(seed);
    }
    g_ptr_array_unref(seeds);
    g_rand_free(random);
}

int
main(int argc, char **argv)
{
    static const int ends[] = { SIGABRT, SIGTRAP /* g_error() */, SIGSEGV, SIGBUS, SIGFPE };

    for (size_t i = 0; argc > 3 && i < G_N_ELEMENTS(targets); i++) {
        if (g_str_equal(argv[1], targets[i]->name)) {
            target = targets[i];
        }
    }
    if (!target) {
        fprintf(stderr, "usage: attest TARGET ROUNDS SEED [FILE...]\n");
        return EXIT_FAILURE;
    }
    g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        signal(ends[i], keep_input);
    }
    run((size_t)atoi(argv[2]), (guint32)atoi(argv[3]), argv + 4);
    return EXIT_SUCCESS;
}
