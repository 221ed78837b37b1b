/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the comparison share: places in domain XML as the tables name them, what is
 * the same, what belongs together, and what libvirt fills in. */
#ifndef CVM_COMPARE_TREE_H
#define CVM_COMPARE_TREE_H

#include "compare/compare.h"

/* ---- pattern.c ---- */

/* An element, an attribute, or with text the character data of an element. */
struct cvm_spot {
    const struct cvm_node *node;
    gboolean text;
};

/* Whether a pattern names the spot. Steps are those below <domain>, "*" is any name; the last one
 * may be "@name" or "text()". Each step may ask for attributes: "input[type=mouse|keyboard]", where
 * words may have '*' in them; "[index=*]" asks that there is one. */
gboolean
cvm_spot_is(const struct cvm_spot *spot, const char *pattern);
/* The same for an element whose attribute the pattern's last step asks for. */
gboolean
cvm_spot_is_asked_for(const struct cvm_spot *attribute, const char *pattern);
/* Whether a text is one of "word|wor*". */
gboolean
cvm_words_match(const char *words, const char *text);

/* ---- value.c ---- */

/* Its text without the white space around it; "" for none. In the arena. */
const char *
cvm_spot_text(struct cvm_arena *arena, const struct cvm_spot *spot);
/* Whether two spots of one path say the same: 4 GiB is 4194304 KiB, 0x3 is 0x0003. */
gboolean
cvm_spots_agree(struct cvm_arena *arena, const struct cvm_spot *wanted,
                const struct cvm_spot *found);
/* An attribute that only says how to read another value. */
gboolean
cvm_spot_is_unit(const struct cvm_spot *spot);
/* A value for people: short, sizes with their unit, passwords masked; an element on one line. In
 * the arena. */
const char *
cvm_spot_show(struct cvm_arena *arena, const struct cvm_spot *spot);
/* The same element on one line, whole, as the comparison of foreign ones needs it; the caller's to
 * g_free(). */
char *
cvm_element_print(const struct cvm_node *element);

/* ---- filled.c ---- */

/* What a row may ask for besides the place. */
struct cvm_filling {
    const struct cvm_comparison *comparison;
    const struct cvm_node *found_root;
    gboolean live; /* found is what a running domain runs as */
};

enum cvm_fill { CVM_FILL_NO, CVM_FILL_YES, CVM_FILL_WHOLE };

/* Whether libvirt adds what is found there by itself: an element (of which all that is in it is
 * judged on its own, unless it is filled in whole), an attribute, a text. alone: nothing was asked
 * for that has the name of the element, or of the attribute's element. */
enum cvm_fill
cvm_fill_extra(const struct cvm_filling *filling, const struct cvm_spot *found, gboolean alone);
/* Whether it puts what is found in the place of what was wanted. */
gboolean
cvm_fill_changed(const struct cvm_filling *filling, const char *wanted,
                 const struct cvm_spot *found);

/* Whether there is no need to look: what is found repeats another device, which was looked at. */
gboolean
cvm_fill_repeats(const struct cvm_filling *filling, const struct cvm_spot *found);

/* ---- dropped.c ---- */

/* Whether libvirt leaves out what was wanted, since it says nothing. */
gboolean
cvm_fill_dropped(const struct cvm_filling *filling, const struct cvm_spot *wanted);

/* ---- pairs.c ---- */

/* How many differences there are between two elements; called on few. */
typedef unsigned (*cvm_cost_fn)(const struct cvm_node *wanted, const struct cvm_node *found,
                                void *payload);

/* Which found element of a group of the same name belongs to each wanted one: its index, or -1. */
void
cvm_pairs_find(const GPtrArray *wanted, const GPtrArray *found, int *match, cvm_cost_fn cost,
               void *payload);
/* What tells an element from others of its name: "vda", "usb,0"; NULL when it is counted. The
 * caller's to g_free(). */
char *
cvm_pair_key(const struct cvm_node *element);
/* Same name, of the same namespace whatever its prefix. */
gboolean
cvm_same_name(const struct cvm_node *one, const struct cvm_node *other);

/* ---- place.c ---- */

/* The way to a spot: what is wanted and what is found, level by level; NULL where a side has
 * nothing. */
struct cvm_step {
    const struct cvm_node *wanted, *found;
};
/* What the domain says of what is at the end of the way, or the nearest container. */
const struct cvm_node *
cvm_place_find(const struct cvm_domain *domain, const struct cvm_step *way, unsigned length);
/* "/domain/devices/disk[vda]/driver/@cache", in the arena. */
const char *
cvm_place_path(struct cvm_arena *arena, const struct cvm_step *way, unsigned length);
/* How much it matters. */
enum cvm_severity
cvm_place_severity(const struct cvm_domain *domain, const struct cvm_step *way, unsigned length);

#endif
