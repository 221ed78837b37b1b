/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the checks are written with. */
#ifndef CVM_READINESS_JUDGE_H
#define CVM_READINESS_JUDGE_H

#include "messages/messages.h"
#include "readiness/readiness.h"

/* Families of the CPUID: 23 is EPYC 7001 (models below 48) and 7002, 25 the first with SEV-SNP. */
enum { CVM_FAMILY_ZEN = 23, CVM_MODEL_ROME = 48, CVM_FAMILY_SNP = 25 };

/* Sets the state and the fact, a clause with its values quoted. */
void
cvm_judge(struct cvm_verdict *verdict, enum cvm_check_state state, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* Another remedy than the row's, a sentence; NULL: none. */
void
cvm_judge_fix(struct cvm_verdict *verdict, const char *fix);
/* The kernel said one of the message's sentences: the state, with that line and its cause as the
 * fact and its remedy. FALSE when it did not, or its log is not known. */
gboolean
cvm_judge_message(struct cvm_verdict *verdict, enum cvm_check_state state, const char *message);

/* The verdict's type; of a check that speaks of one. */
static inline const struct cvm_guest_info *
cvm_verdict_guest(const struct cvm_verdict *verdict)
{
    return cvm_guest_info((enum cvm_guest)verdict->types);
}

/* Whether a list has a word; unknown when the list is. */
enum cvm_known
cvm_strings_know(const struct cvm_strings *list, const char *word);
/* Whether "name=value" is on the kernel's command line; value may be one of several after commas.
 */
gboolean
cvm_host_option(const struct cvm_host *host, const char *name, const char *value);
/* A register's value; FALSE when it is not known. */
gboolean
cvm_host_msr(const struct cvm_host *host, const char *name, uint64_t *value);
enum cvm_known
cvm_host_module(const struct cvm_host *host, const char *name);
/* libvirt's probe reached SEV: it opens /dev/kvm and /dev/sev and asks the firmware. */
gboolean
cvm_host_probed(const struct cvm_host *host);

#endif
