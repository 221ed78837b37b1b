/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every key of a profile, and what becomes of it on KubeVirt. A test walks the field table of
 * read/profile_fields.h beside this one: a key without a row is a key that is dropped in silence.
 */
#ifndef CVM_RULES_TARGET_KUBEVIRT_H
#define CVM_RULES_TARGET_KUBEVIRT_H

#include "rules/rule.h"

enum cvm_kubevirt_how {
    CVM_KUBEVIRT_WRITTEN, /* whatever its value: render/kubevirt*.c */
    CVM_KUBEVIRT_WORDS,   /* these words are written, or are what KubeVirt does; others a finding */
    CVM_KUBEVIRT_JUDGED,  /* a function tells whether it can be said; if not, a finding */
    CVM_KUBEVIRT_RULE,    /* a function of the rule speaks of it */
    CVM_KUBEVIRT_SAID,    /* a finding wherever it is given */
    CVM_KUBEVIRT_ON,      /* of a flag: a finding where it is true */
    CVM_KUBEVIRT_OFF,     /* and where it is false */
    CVM_KUBEVIRT_COVERED, /* the finding of the whole device, or of the key beside it, holds for it
                           */
    CVM_KUBEVIRT_LIBVIRT, /* libvirt's half of a disk or card, beside which KubeVirt's stands */
    CVM_KUBEVIRT_NEEDLESS, /* means nothing there, and nothing is lost */
};

/* What a row is asked about. */
struct cvm_kubevirt_value {
    const struct cvm_check *check;
    const struct cvm_list *list;  /* NULL outside of lists */
    const void *item;             /* of the list; the domain outside of lists */
    const struct cvm_from *value; /* struct cvm_text, …_uint, …_flag, …_list */
};

struct cvm_kubevirt_key {
    const char *key; /* below its section; "": the item itself. NULL ends a table */
    size_t offset;   /* in the section's struct */
    enum cvm_kubevirt_how how;
    const char *rule;
    enum cvm_severity severity;
    const char *why; /* N_("…"): whole sentence; NULL: the key alone is named */
    const char *const *words;
    gboolean (*fits)(const struct cvm_kubevirt_value *value);
};

struct cvm_kubevirt_section {
    const char *path;                    /* "devices.disk"; "": the domain itself */
    size_t list;                         /* of the struct cvm_list in the domain */
    size_t size;                         /* of its items; 0: the domain itself */
    const struct cvm_kubevirt_key *keys; /* ended by a row of zeros */
};

/* Ended by a row of zeros. */
extern const struct cvm_kubevirt_section cvm_kubevirt_sections[];
/* Of devices: target_kubevirt_devices.c. */
extern const struct cvm_kubevirt_key cvm_kubevirt_disk[], cvm_kubevirt_interface[],
    cvm_kubevirt_controller[], cvm_kubevirt_serial[], cvm_kubevirt_console[],
    cvm_kubevirt_channel[], cvm_kubevirt_rng[], cvm_kubevirt_tpm[], cvm_kubevirt_vsock[],
    cvm_kubevirt_graphics[], cvm_kubevirt_video[], cvm_kubevirt_filesystem[],
    cvm_kubevirt_hostdev[], cvm_kubevirt_watchdog[], cvm_kubevirt_input[],
    cvm_kubevirt_memballoon[];

#define CVM_KEY(how_, rule_, severity_, key_, type, member, why_, ...)                             \
    {                                                                                              \
        .key = key_, .offset = offsetof(struct type, member), .how = CVM_KUBEVIRT_##how_,          \
        .rule = rule_, .severity = severity_, .why = why_, ##__VA_ARGS__                           \
    }
/* What needs no finding. */
#define CVM_KEY_QUIET(how, key, type, member) CVM_KEY(how, NULL, CVM_NOTE, key, type, member, NULL)
#define CVM_KEY_WORDS(...)                                                                         \
    .words = (const char *const[])                                                                 \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }
#define CVM_KEY_FITS(function) .fits = function

#endif
