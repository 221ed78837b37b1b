/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs targets without libFuzzer:
 *   fuzz list                     names, largest input and what each reads
 *   fuzz seeds TARGET FOLDER      writes what the target begins with
 *   fuzz words TARGET             its dictionary, as libFuzzer reads one
 *   fuzz check ROUNDS SEED        every target: all seeds, and ROUNDS changed ones
 *   fuzz run TARGET ROUNDS SEED   one target
 *   fuzz try TARGET FILE...       these inputs
 * The same SEED changes alike. An input that the program ends by is left as TARGET.input. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "util/file.h"

/* ---- an input that ends the program ---- */

static const struct fuzz_target *current;
static const char *origin;
static const uint8_t *input;
static size_t input_size;

static void
keep_input(int number)
{
    char path[64];
    int fd;

    g_snprintf(path, sizeof(path), "%s.input", current->name);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd >= 0 && write(fd, input, input_size) >= 0) {
        fprintf(stderr, "%s: what was made of '%s' is in '%s'\n", current->name, origin, path);
    }
    signal(number, SIG_DFL);
    raise(number);
}

static gboolean
attempt(const char *name, const uint8_t *data, size_t size)
{
    origin = name;
    input = data;
    input_size = size;
    return fuzz_attempt(data, size);
}

/* ---- seeds, and what is made of them ---- */

static unsigned
try_seeds(void)
{
    unsigned accepted = 0;

    for (guint i = 0; i < fuzz_seeds->len; i++) {
        const struct fuzz_seed *seed = g_ptr_array_index(fuzz_seeds, i);
        gboolean as_it_is = attempt(seed->name, seed->data, seed->size);

        if (seed->verdict != FUZZ_EITHER && as_it_is != (seed->verdict == FUZZ_ACCEPTED)) {
            g_error("%s: '%s' as it is should%s be accepted", current->name, seed->name,
                    as_it_is ? " not" : "");
        }
        accepted += as_it_is;
    }
    /* A target that refuses everything tests nothing. */
    if (accepted == 0) {
        g_error("%s: no seed is accepted", current->name);
    }
    attempt("nothing", NULL, 0);
    return accepted;
}

static unsigned
try_changed(size_t rounds, guint32 number)
{
    g_autoptr(GPtrArray) words = fuzz_list_words(current->words);
    GRand *random = g_rand_new_with_seed(number);
    unsigned accepted = 0;

    rounds /= MAX(current->cost, 1);
    for (size_t i = 0; i < rounds; i++) {
        const struct fuzz_seed *seed = g_ptr_array_index(fuzz_seeds, i % fuzz_seeds->len);
        size_t each = rounds / fuzz_seeds->len + 1;
        g_autoptr(GByteArray) bytes = g_byte_array_new();

        g_byte_array_append(bytes, seed->data, (guint)seed->size);
        fuzz_mutate(random, bytes, seed, words, i / fuzz_seeds->len, each);
        accepted += attempt(seed->name, bytes->data, bytes->len);
    }
    g_rand_free(random);
    return accepted;
}

static void
run(const struct fuzz_target *target, size_t rounds, guint32 number)
{
    unsigned accepted, still;

    current = target;
    fuzz_begin(target);
    accepted = try_seeds();
    still = try_changed(rounds, number);
    printf("%s: %u seeds (%u accepted), %zu changed (%u accepted)\n", target->name, fuzz_seeds->len,
           accepted, rounds / MAX(target->cost, 1), still);
    fflush(stdout);
    fuzz_end();
}

/* ---- commands ---- */

static int
list(void)
{
    for (const struct fuzz_target *target = fuzz_targets; target->name; target++) {
        printf("%s\t%zu\t%s\n", target->name, target->most, target->what);
    }
    return EXIT_SUCCESS;
}

static int
write_seeds(const struct fuzz_target *target, const char *folder)
{
    fuzz_begin(target);
    for (guint i = 0; i < fuzz_seeds->len; i++) {
        const struct fuzz_seed *seed = g_ptr_array_index(fuzz_seeds, i);
        g_autofree char *name = g_strdup_printf("seed-%03u", i);
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (!g_file_set_contents(path, (const char *)seed->data, (gssize)seed->size, NULL)) {
            fprintf(stderr, "cannot write '%s'\n", path);
            return EXIT_FAILURE;
        }
    }
    fuzz_end();
    return EXIT_SUCCESS;
}

static int
print_words(const struct fuzz_target *target)
{
    g_autoptr(GPtrArray) words = fuzz_list_words(target->words);

    for (guint i = 0; i < words->len; i++) {
        putchar('"');
        for (const char *c = g_ptr_array_index(words, i); *c; c++) {
            if (!g_ascii_isprint(*c) || *c == '"' || *c == '\\') {
                printf("\\x%02x", (unsigned char)*c);
            } else {
                putchar(*c);
            }
        }
        puts("\"");
    }
    return EXIT_SUCCESS;
}

static int
try_files(const struct fuzz_target *target, char **paths)
{
    current = target;
    fuzz_begin(target);
    for (; *paths; paths++) {
        g_autofree char *data = NULL;
        size_t size;

        if (cvm_file_read(*paths, (size_t)1 << 24, &data, &size, NULL) < 0) {
            fprintf(stderr, "cannot read '%s'\n", *paths);
            return EXIT_FAILURE;
        }
        printf("%s: %s\n", *paths, attempt(*paths, (uint8_t *)data, size) ? "accepted" : "refused");
    }
    fuzz_end();
    return EXIT_SUCCESS;
}

static int
check(char **arguments)
{
    for (const struct fuzz_target *target = fuzz_targets; target->name; target++) {
        run(target, (size_t)atoi(arguments[0]), (guint32)atoi(arguments[1]));
    }
    return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
    static const int ends[] = { SIGABRT, SIGTRAP /* g_error() */, SIGSEGV, SIGBUS, SIGFPE };
    const char *command = argc > 1 ? argv[1] : "";
    const struct fuzz_target *target = argc > 2 ? fuzz_find(argv[2]) : NULL;

    g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        signal(ends[i], keep_input);
    }
    if (g_str_equal(command, "list") && argc == 2) {
        return list();
    }
    if (g_str_equal(command, "check") && argc == 4) {
        return check(argv + 2);
    }
    if (target && g_str_equal(command, "seeds") && argc == 4) {
        return write_seeds(target, argv[3]);
    }
    if (target && g_str_equal(command, "words") && argc == 3) {
        return print_words(target);
    }
    if (target && g_str_equal(command, "run") && argc == 5) {
        run(target, (size_t)atoi(argv[3]), (guint32)atoi(argv[4]));
        return EXIT_SUCCESS;
    }
    if (target && g_str_equal(command, "try")) {
        return try_files(target, argv + 3);
    }
    fprintf(stderr, "usage: fuzz list | check ROUNDS SEED | seeds TARGET FOLDER | words TARGET |\n"
                    "       run TARGET ROUNDS SEED | try TARGET FILE...\n");
    return EXIT_FAILURE;
}
