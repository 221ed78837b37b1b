/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the steps of resolve/ share: what is known, and how a default is set, with its path and its
 * reason, in the domain's list of defaults. */
#ifndef CVM_RESOLVE_CHOOSE_H
#define CVM_RESOLVE_CHOOSE_H

#include "model/domain.h"
#include "model/host.h"

struct cvm_choice {
    struct cvm_domain *domain;
    const struct cvm_host *host; /* may be NULL */
    enum cvm_guest guest;
    gboolean tcg; /* virtType is qemu: emulated, not virtualised */
    /* Where the value that is being chosen belongs: the prefix of its path, and the place. */
    const char *prefix;
    gboolean is_item; /* of a list, which prefix names */
    unsigned index;
    const struct cvm_node *node;
};

/* What follows belongs to a part of the profile: cvm_choose_in(choice, "memory", &memory->from). */
void
cvm_choose_in(struct cvm_choice *choice, const char *prefix, const struct cvm_from *from);
/* The same for an item of a list: cvm_choose_in_item(choice, "devices.disk", 0, &disk->from). */
void
cvm_choose_in_item(struct cvm_choice *choice, const char *prefix, unsigned index,
                   const struct cvm_from *from);

/* A value that is unset gets the default; name is its key below the prefix; reason is translated.
 */
void
cvm_choose_text(struct cvm_choice *choice, const char *name, struct cvm_text *to, const char *value,
                const char *reason);
void
cvm_choose_flag(struct cvm_choice *choice, const char *name, struct cvm_flag *to, gboolean value,
                const char *reason);
void
cvm_choose_uint(struct cvm_choice *choice, const char *name, struct cvm_uint *to, uint64_t value,
                const char *reason);
/* The same, told as a size and as the guest's policy. */
void
cvm_choose_size(struct cvm_choice *choice, const char *name, struct cvm_uint *to, uint64_t bytes,
                const char *reason);
void
cvm_choose_policy(struct cvm_choice *choice, const char *name, struct cvm_uint *to, uint64_t policy,
                  const char *reason);
/* A list that nobody wrote gets count items of size bytes, all zeros, told as value. NULL when it
 * was written, also when it is empty. */
void *
cvm_choose_list(struct cvm_choice *choice, const char *name, struct cvm_list *to, size_t size,
                unsigned count, const char *value, const char *reason);

/* The steps, in the order in which they need each other. */
void
cvm_resolve_machine(struct cvm_choice *choice);
void
cvm_resolve_launch(struct cvm_choice *choice);
void
cvm_resolve_firmware(struct cvm_choice *choice);
void
cvm_resolve_features(struct cvm_choice *choice);
void
cvm_resolve_cpu(struct cvm_choice *choice);
void
cvm_resolve_disks(struct cvm_choice *choice);
void
cvm_resolve_devices(struct cvm_choice *choice);
void
cvm_resolve_memory(struct cvm_choice *choice);
void
cvm_resolve_topology(struct cvm_choice *choice);

#endif
