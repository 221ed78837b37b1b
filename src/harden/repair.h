/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a repair sees, and what it can do. Whatever it does it says: each of these functions adds a
 * sentence to repair->done unless it says otherwise. */
#ifndef CVM_HARDEN_REPAIR_H
#define CVM_HARDEN_REPAIR_H

#include "harden/edit.h"
#include "model/domain.h"
#include "model/finding.h"
#include "model/host.h"

struct cvm_repair {
    const struct cvm_domain *domain;
    const struct cvm_node *root; /* <domain> */
    const struct cvm_host *host; /* may be NULL */
    enum cvm_guest guest;        /* cvm_domain_guest() */
    enum cvm_guest type;         /* asked for; 0 when none is */
    const struct cvm_finding *finding;
    const struct cvm_node *node; /* the finding's */
    struct cvm_edits *edits;
    GString *done;
    char *reason; /* why nothing is done */
};

typedef void (*cvm_repair_fn)(struct cvm_repair *repair);

/* A rule is repaired, or left to people, or either. */
struct cvm_repair_row {
    const char *rule;
    cvm_repair_fn repair;     /* NULL: never */
    const char *undecided;    /* N_("…"): why it is left when repair says nothing; may be NULL */
    gboolean of_any_severity; /* also a note, when a guest type is asked for */
};

/* In ascending order of the rules, ended by a row of zeros. */
extern const struct cvm_repair_row cvm_repairs[];
/* NULL when there is none. */
const struct cvm_repair_row *
cvm_repair_find(const char *rule);

/* Why nothing is done: one translated sentence. What was edited before is taken back. */
void
cvm_repair_decline(struct cvm_repair *repair, const char *format, ...) G_GNUC_PRINTF(2, 3);

void
cvm_repair_set_attribute(struct cvm_repair *repair, const struct cvm_node *element,
                         const char *name, const char *value);
void
cvm_repair_set_text(struct cvm_repair *repair, const struct cvm_node *element, const char *text);
void
cvm_repair_rename(struct cvm_repair *repair, const struct cvm_node *node, const char *name);
/* An element, with parents that would stay behind empty, or an attribute; NULL is nothing. */
void
cvm_repair_remove(struct cvm_repair *repair, const struct cvm_node *node);
/* A fragment (cvm_edit_insert()) where libvirt would write it. Quotes follow the document. */
void
cvm_repair_insert(struct cvm_repair *repair, const struct cvm_node *parent, const char *fragment);
/* The same below a child of the parent, which is written too when it is missing. */
void
cvm_repair_insert_below(struct cvm_repair *repair, const struct cvm_node *parent, const char *child,
                        const char *fragment);
/* Sets the text of a child, which is written when it is missing. */
void
cvm_repair_set_child(struct cvm_repair *repair, const struct cvm_node *parent, const char *child,
                     const char *text);
/* Something was done without a sentence. */
void
cvm_repair_say(struct cvm_repair *repair, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The element itself, or the one that has the attribute. */
const struct cvm_node *
cvm_repair_element(const struct cvm_node *node);
/* Walks "devices/disk"-like paths of first children; NULL where one is missing. */
const struct cvm_node *
cvm_repair_at(const struct cvm_node *node, const char *path);

/* convert.c: makes the domain one of repair->type. */
void
cvm_repair_convert(struct cvm_repair *repair);

/* repair_launch.c */
void
cvm_repair_policy_missing(struct cvm_repair *repair);
void
cvm_repair_policy_form(struct cvm_repair *repair);
void
cvm_repair_policy_radix(struct cvm_repair *repair);
void
cvm_repair_policy_reserved(struct cvm_repair *repair);
void
cvm_repair_policy_kvm(struct cvm_repair *repair);
void
cvm_repair_policy_type(struct cvm_repair *repair);
void
cvm_repair_policy_debug(struct cvm_repair *repair);
void
cvm_repair_policy_sharing(struct cvm_repair *repair);
void
cvm_repair_launch_type(struct cvm_repair *repair);
void
cvm_repair_launch_element(struct cvm_repair *repair);
void
cvm_repair_blob(struct cvm_repair *repair);
void
cvm_repair_value(struct cvm_repair *repair);
void
cvm_repair_author_key(struct cvm_repair *repair);
void
cvm_repair_cbitpos(struct cvm_repair *repair);
void
cvm_repair_reduced_phys_bits(struct cvm_repair *repair);
void
cvm_repair_virt_type(struct cvm_repair *repair);

/* repair_boot.c */
void
cvm_repair_machine(struct cvm_repair *repair);
void
cvm_repair_machine_version(struct cvm_repair *repair);
void
cvm_repair_firmware(struct cvm_repair *repair);
void
cvm_repair_os_type(struct cvm_repair *repair);
void
cvm_repair_rom(struct cvm_repair *repair);
void
cvm_repair_nvram(struct cvm_repair *repair);
void
cvm_repair_smm(struct cvm_repair *repair);
void
cvm_repair_reboot(struct cvm_repair *repair);
void
cvm_repair_acpi(struct cvm_repair *repair);
void
cvm_repair_suspend(struct cvm_repair *repair);

/* repair_memory.c */
void
cvm_repair_lock_memory(struct cvm_repair *repair);
void
cvm_repair_hard_limit(struct cvm_repair *repair);
void
cvm_repair_unlock_memory(struct cvm_repair *repair);
void
cvm_repair_hugepages(struct cvm_repair *repair);
void
cvm_repair_remainder(struct cvm_repair *repair);
void
cvm_repair_memory_sum(struct cvm_repair *repair);
void
cvm_repair_max_memory(struct cvm_repair *repair);
void
cvm_repair_current_memory(struct cvm_repair *repair);
void
cvm_repair_dump_core(struct cvm_repair *repair);
void
cvm_repair_share_memory(struct cvm_repair *repair);

/* repair_devices.c */
void
cvm_repair_ide(struct cvm_repair *repair);
void
cvm_repair_option_rom(struct cvm_repair *repair);
void
cvm_repair_iommu_off(struct cvm_repair *repair);
void
cvm_repair_iommu_needed(struct cvm_repair *repair);
void
cvm_repair_transitional(struct cvm_repair *repair);
void
cvm_repair_balloon(struct cvm_repair *repair);
void
cvm_repair_vcpus(struct cvm_repair *repair);
void
cvm_repair_vmcoreinfo(struct cvm_repair *repair);
void
cvm_repair_viommu(struct cvm_repair *repair);
void
cvm_repair_cpu_model(struct cvm_repair *repair);

#endif
