/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inputs that were made to break readers. A target is a function of bytes; libFuzzer, the own
 * mutator and `make check` call the same one. To add one: the function, its declaration here and
 * its row in targets.c. */
#ifndef CVM_TESTS_FUZZ_H
#define CVM_TESTS_FUZZ_H

#include <glib.h>
#include <stdint.h>

#include "cvmdom/error.h"
#include "model/host.h"

/* Bytes start to end (exclusive). */
struct fuzz_range {
    size_t start, end;
};

enum fuzz_verdict { FUZZ_EITHER, FUZZ_ACCEPTED, FUZZ_REFUSED };

/* Something to begin with. */
struct fuzz_seed {
    char *name;
    uint8_t *data;
    size_t size;
    enum fuzz_verdict verdict; /* what it is as it is */
    struct fuzz_range focus;   /* where the structure is, for the own mutator; end 0: everywhere */
};

/* Words that inputs are made of. */
enum fuzz_words {
    FUZZ_WORDS_NONE,
    FUZZ_WORDS_YAML,
    FUZZ_WORDS_XML,
    FUZZ_WORDS_HOST,
    FUZZ_WORDS_CONFIG,
    FUZZ_WORDS_JSON,
    FUZZ_WORDS_LOG,
    FUZZ_WORDS_TREE,
};

struct fuzz_target {
    const char *name;
    const char *what; /* for people */
    /* Whether the input is accepted: read without an error, verified. Asserts what must hold, and
     * that what is refused has a reason. size may be 0; no byte follows. */
    gboolean (*run)(const uint8_t *data, size_t size);
    /* What it begins with: files below the source ("*" in the last step), texts, and what set_up
     * makes. */
    const char *const *seeds, *const *texts;
    enum fuzz_words words;
    size_t most;             /* bytes of an input */
    unsigned cost;           /* how much longer than a reader's an input takes; 0: not */
    void (*set_up)(void);    /* adds seeds that are made; may be NULL */
    void (*tear_down)(void); /* may be NULL */
};

/* Ended by a row without a name. */
extern const struct fuzz_target fuzz_targets[];

/* ---- targets ---- */

gboolean
fuzz_profile(const uint8_t *data, size_t size);
gboolean
fuzz_sets(const uint8_t *data, size_t size);
gboolean
fuzz_domain(const uint8_t *data, size_t size);
gboolean
fuzz_suppression(const uint8_t *data, size_t size);
gboolean
fuzz_reports(const uint8_t *data, size_t size);
gboolean
fuzz_config(const uint8_t *data, size_t size);
gboolean
fuzz_values(const uint8_t *data, size_t size);
gboolean
fuzz_log(const uint8_t *data, size_t size);

gboolean
fuzz_host(const uint8_t *data, size_t size);
gboolean
fuzz_capabilities(const uint8_t *data, size_t size);
void
fuzz_make_capabilities(void);
gboolean
fuzz_descriptor(const uint8_t *data, size_t size);
void
fuzz_make_descriptors(void);
gboolean
fuzz_tree(const uint8_t *data, size_t size);
void
fuzz_make_tree(void);
void
fuzz_drop_tree(void);
void
fuzz_tree_words(GPtrArray *words);

gboolean
fuzz_harden(const uint8_t *data, size_t size);
gboolean
fuzz_render(const uint8_t *data, size_t size);
gboolean
fuzz_forms(const uint8_t *data, size_t size);
gboolean
fuzz_drift(const uint8_t *data, size_t size);
void
fuzz_make_drift(void);
void
fuzz_drop_drift(void);

gboolean
fuzz_place(const uint8_t *data, size_t size);
void
fuzz_make_places(void);

gboolean
fuzz_ovmf(const uint8_t *data, size_t size);
gboolean
fuzz_firmware(const uint8_t *data, size_t size);
gboolean
fuzz_svsm(const uint8_t *data, size_t size);
void
fuzz_make_images(void);
void
fuzz_make_firmware(void);
void
fuzz_drop_firmware(void);
void
fuzz_make_svsms(void);
void
fuzz_drop_svsms(void);

gboolean
fuzz_chain(const uint8_t *data, size_t size);
gboolean
fuzz_ca(const uint8_t *data, size_t size);
gboolean
fuzz_pdh(const uint8_t *data, size_t size);
void
fuzz_make_chains(void);
void
fuzz_make_cas(void);
void
fuzz_make_pdhs(void);
void
fuzz_drop_chains(void);

gboolean
fuzz_report(const uint8_t *data, size_t size);
gboolean
fuzz_vcek(const uint8_t *data, size_t size);
gboolean
fuzz_report_ca(const uint8_t *data, size_t size);
void
fuzz_make_reports(void);
void
fuzz_make_vceks(void);
void
fuzz_make_report_cas(void);
void
fuzz_drop_reports(void);

gboolean
fuzz_id_block(const uint8_t *data, size_t size);
gboolean
fuzz_id_key(const uint8_t *data, size_t size);
void
fuzz_make_id_blocks(void);
void
fuzz_make_id_keys(void);
void
fuzz_drop_id_blocks(void);

gboolean
fuzz_measurement(const uint8_t *data, size_t size);
gboolean
fuzz_keys(const uint8_t *data, size_t size);
gboolean
fuzz_secret(const uint8_t *data, size_t size);
void
fuzz_make_measurements(void);
void
fuzz_make_keys(void);
void
fuzz_make_secrets(void);

/* ---- seeds.c: for targets, and for what calls them ---- */

/* Of the target that runs: struct fuzz_seed. */
extern GPtrArray *fuzz_seeds;

/* The files of the target, what it makes, and what was kept of it in tests/fuzz/kept/TARGET. */
void
fuzz_begin(const struct fuzz_target *target);
void
fuzz_end(void);
/* Calls the target with the input in a buffer of exactly its size, so that a sanitizer sees what is
 * read beyond. */
gboolean
fuzz_attempt(const uint8_t *data, size_t size);
/* NULL: there is no such target. */
const struct fuzz_target *
fuzz_find(const char *name);

/* Copies data; it is accepted, unless the caller says otherwise then. */
struct fuzz_seed *
fuzz_add(const char *name, const void *data, size_t size);
/* Some accepted seed is the same in these ranges (the last has end 0), or, with NULL, altogether.
 */
gboolean
fuzz_is_known(const uint8_t *data, size_t size, const struct fuzz_range *ranges);

/* An error has a sentence. Frees it, and returns FALSE. */
gboolean
fuzz_refuse(cvmdom_error *error);
/* The same of one of the library's own, which has a place, too, when it is about syntax. */
gboolean
fuzz_refuse_own(GError *error);

/* Below the source; the caller's to g_free(). */
char *
fuzz_path(const char *relative);
/* The whole of such a file, NUL-terminated beyond size, the caller's to g_free(); ends the program
 * where there is none. */
uint8_t *
fuzz_read(const char *relative, size_t *size);
/* A bundled host, read once, kept until the end; "epyc-genoa-snp". */
const struct cvm_host *
fuzz_bundled_host(const char *name);

/* The path of a file with this content, until the next call with the same slot, 0 or 1. */
const char *
fuzz_file(unsigned slot, const uint8_t *data, size_t size);
/* The bytes as a text; the caller's to g_free(). Ends at the first NUL. */
char *
fuzz_text(const uint8_t *data, size_t size);

/* random.c: libcrypto draws the same random numbers in every process from here on, so that the
 * same seeds are made and an input does the same each time. */
void
fuzz_repeat_random(void);

/* words.c: of an enum fuzz_words, an array of char *, the caller's to g_ptr_array_unref(). */
GPtrArray *
fuzz_list_words(enum fuzz_words which);

/* mutate.c: changes bytes in one or several ways; words may be empty. round of rounds is where,
 * roughly. */
void
fuzz_mutate(GRand *random, GByteArray *bytes, const struct fuzz_seed *seed, const GPtrArray *words,
            size_t round, size_t rounds);

#endif
