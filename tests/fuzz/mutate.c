/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ways to damage an input, for where there is no libFuzzer. */
#include <string.h>

#include "fuzz.h"

struct damage {
    GRand *random;
    GByteArray *bytes;
    const struct fuzz_seed *seed;
    const GPtrArray *words;
    size_t place; /* in the seed's focus as a rule */
};

static size_t
draw(GRand *random, size_t below)
{
    return below ? g_rand_int(random) % below : 0;
}

static void
insert(struct damage *damage, const void *data, size_t size)
{
    size_t before = damage->bytes->len, place = MIN(damage->place, before);

    g_byte_array_set_size(damage->bytes, (guint)(before + size));
    memmove(damage->bytes->data + place + size, damage->bytes->data + place, before - place);
    memcpy(damage->bytes->data + place, data, size);
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
    size_t from = MIN(damage->place, damage->bytes->len);
    size_t length = 1 + draw(damage->random, 64);
    size_t to = draw(damage->random, 2) ? from + draw(damage->random, 64) - MIN(from, 32)
                                        : draw(damage->random, damage->bytes->len);

    length = MIN(length, damage->bytes->len - from);
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
insert_noise(struct damage *damage)
{
    guint8 noise[40];
    size_t length = 1 + draw(damage->random, sizeof(noise));

    for (size_t i = 0; i < length; i++) {
        noise[i] = (guint8)g_rand_int(damage->random);
    }
    insert(damage, noise, length);
}

static void
insert_word(struct damage *damage)
{
    if (damage->words->len > 0) {
        const char *word =
            g_ptr_array_index(damage->words, draw(damage->random, damage->words->len));

        insert(damage, word, strlen(word));
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

/* A part of another seed. */
static void
splice(struct damage *damage)
{
    const struct fuzz_seed *other =
        g_ptr_array_index(fuzz_seeds, draw(damage->random, fuzz_seeds->len));
    size_t from = draw(damage->random, other->size), length = 1 + draw(damage->random, 60);

    length = MIN(length, other->size - from);
    if (draw(damage->random, 2)) {
        insert(damage, other->data + from, length);
    } else if (damage->place + length <= damage->bytes->len) {
        memcpy(damage->bytes->data + damage->place, other->data + from, length);
    }
}

static void (*const ways[])(struct damage *) = {
    flip,       cut_end,      cut_start,   set_number, step_number, copy_part,
    erase_part, insert_noise, insert_word, append,     splice,
};

/* Evenly over the focus, and a little further at random. */
static size_t
find_place(GRand *random, const struct fuzz_seed *seed, size_t round, size_t rounds)
{
    struct fuzz_range range = seed->focus;
    size_t length, place;

    if (range.end == 0 || draw(random, 8) == 0) {
        range = (struct fuzz_range){ 0, seed->size };
    }
    length = range.end - range.start;
    place = round * length / rounds + draw(random, length / rounds + 1);
    return range.start + MIN(place, length);
}

void
fuzz_mutate(GRand *random, GByteArray *bytes, const struct fuzz_seed *seed, const GPtrArray *words,
            size_t round, size_t rounds)
{
    struct damage damage = { random, bytes, seed, words, 0 };
    size_t way = round % (G_N_ELEMENTS(ways) + 1); /* the last: several at once */
    size_t together = way == G_N_ELEMENTS(ways) ? 2 + draw(random, 5) : 1;

    for (size_t i = 0; i < together; i++) {
        damage.place = MIN(find_place(random, seed, round, rounds), bytes->len);
        ways[together > 1 ? draw(random, G_N_ELEMENTS(ways)) : way](&damage);
    }
}
