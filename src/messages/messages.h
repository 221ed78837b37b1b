/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the SEV firmware, the kernel, QEMU and libvirt say when a guest does not start, and what is
 * to be done: tables, and what finds their rows in a line or a log. */
#ifndef CVM_MESSAGES_MESSAGES_H
#define CVM_MESSAGES_MESSAGES_H

#include <glib.h>

#include "util/auto.h"

/* ---- return codes ---- */

/* A return code of the SEV firmware, as QEMU prints it behind fw_error=. */
struct cvm_firmware_code {
    int code;
    const char *name;    /* of AMD's specification and, behind SEV_RET_, of Linux's psp-sev.h */
    const char *alias;   /* another name in use; NULL */
    const char *said;    /* what QEMU writes in quotes; NULL: 'unknown error' */
    const char *since;   /* where the number comes from */
    const char *meaning; /* N_("…"): one sentence */
    const char *remedy;  /* N_("…"): what to do */
};

/* Ascending, ended by a row without a name. */
extern const struct cvm_firmware_code cvm_firmware_codes[];
const struct cvm_firmware_code *
cvm_firmware_code_by_number(int code);
/* "POLICY_FAILURE", "SEV_RET_POLICY_FAILURE", in any case. */
const struct cvm_firmware_code *
cvm_firmware_code_by_name(const char *name);

/* An error of the kernel, as QEMU prints it behind ret=, negative. */
struct cvm_errno {
    int number; /* positive, Linux's (asm-generic/errno.h) */
    const char *name;
    const char *meaning; /* N_("…"): what it says where a SEV guest starts */
    const char *remedy;  /* N_("…") */
};

/* Ended by a row without a name. */
extern const struct cvm_errno cvm_errnos[];
/* The sign does not matter. */
const struct cvm_errno *
cvm_errno_by_number(int number);

/* ---- messages ---- */

enum cvm_speaker {
    CVM_SAYS_LIBVIRT,
    CVM_SAYS_QEMU,
    CVM_SAYS_HOST_KERNEL,
    CVM_SAYS_GUEST,
};

/* What a line is worth for finding out why a guest did not start. */
enum cvm_rank {
    CVM_RANK_FOLLOWS, /* somebody passes on that something failed before */
    CVM_RANK_STEP,    /* the step that failed; another line may say why */
    CVM_RANK_CAUSE,
};

enum {
    CVM_MESSAGE_PATTERNS = 4,
    CVM_MESSAGE_SHORTEST = 12, /* bytes: no message is shorter */
};

struct cvm_start;
struct cvm_diagnosis;

struct cvm_message {
    const char *id; /* stable: "snp-policy-refused" */
    enum cvm_speaker speaker;
    enum cvm_rank rank;
    /* The program's own format strings: %d is a number, %x a hexadecimal one, %s any text. They
     * match anywhere in a line where a word begins. */
    const char *patterns[CVM_MESSAGE_PATTERNS];
    /* Which of the pattern's values, from 1, is the kernel's error, and the firmware's; 0: none. */
    unsigned char ret, fw;
    const char *cause;    /* N_("…"), with {1}: the first value; see cvm_message_fill() */
    const char *remedy;   /* N_("…") */
    const char *rules;    /* that find it beforehand: "CVM204 CVM205"; NULL */
    const char *versions; /* who says it like that; NULL: all */
    /* What the rest of the log adds: it may replace the diagnosis' cause and remedy, and add notes;
     * NULL. */
    void (*sharpen)(const struct cvm_start *start, struct cvm_diagnosis *diagnosis);
};

/* The tables, in the order in which they are looked through: of several rows that match a line, the
 * first that does more than follow. Each is ended by a row without an id; the list by NULL. */
extern const struct cvm_message *const cvm_message_tables[];
extern const struct cvm_message cvm_messages_launch[];
extern const struct cvm_message cvm_messages_firmware[];
extern const struct cvm_message cvm_messages_memory[];
extern const struct cvm_message cvm_messages_devices[];
extern const struct cvm_message cvm_messages_host[];
extern const struct cvm_message cvm_messages_kernel[];
extern const struct cvm_message cvm_messages_tdx[];
extern const struct cvm_message cvm_messages_general[];

/* Row i of all tables; NULL beyond the last. */
const struct cvm_message *
cvm_message_at(unsigned i);
const struct cvm_message *
cvm_message_find(const char *id);

/* ---- matching ---- */

enum { CVM_MATCH_VALUES = 6 };

/* Where a pattern matched a line. */
struct cvm_match {
    size_t start; /* bytes */
    unsigned count;
    struct {
        const char *at;
        size_t length;
    } values[CVM_MATCH_VALUES]; /* point into the line */
};

/* TRUE when the pattern is in the line. In linear time, whatever the line is. */
gboolean
cvm_match(const char *pattern, const char *line, struct cvm_match *match);
/* Value i, from 1, as a number. */
gboolean
cvm_match_number(const struct cvm_match *match, unsigned i, int *number);
/* The row for a line, NULL for an unknown one. */
const struct cvm_message *
cvm_message_match(const char *line, struct cvm_match *match);
/* A cause or remedy with its values: {1} to {6} from the pattern; {errno} "EINVAL (-22)", {code}
 * "POLICY_FAILURE (7)", {meaning} and {do} what the tables say of the firmware's code or, where
 * that is 0, of the kernel's error. The caller's to g_free(). */
char *
cvm_message_fill(const struct cvm_message *message, const char *text,
                 const struct cvm_match *match);

/* ---- logs ---- */

/* What a log says of the start itself: versions and QEMU's command line. */
struct cvm_start {
    unsigned line;                  /* of libvirt's "starting up", 0 when the log has none */
    unsigned libvirt, qemu, kernel; /* cvm_version_parse(); 0: not said */
    gboolean command;               /* QEMU's command line is in the log */
    gboolean sev, snp;              /* it has a sev-guest, sev-snp-guest object */
    gboolean has_policy;
    guint64 policy;
    gboolean pflash, rom, locked, vfio;
    gboolean custom; /* <qemu:commandline> added something to it */
};

/* A line of the log that a row explains. */
struct cvm_log_line {
    unsigned number; /* from 1 */
    const struct cvm_message *message;
    char *text; /* printable and clipped */
};

struct cvm_diagnosis {
    struct cvm_start start;
    GArray *lines;   /* of struct cvm_log_line: those of the last start attempt, repeats left out */
    unsigned chosen; /* index of the cause's line */
    const struct cvm_message *message; /* of the cause; NULL: nothing known was found */
    char *cause, *remedy;
    GPtrArray *notes;   /* of char * */
    unsigned earlier;   /* line of a known cause in an earlier start attempt; 0: none */
    unsigned attempts;  /* how many starts the log has; 0 when it does not say */
    unsigned log_lines; /* how many lines were looked at */
};

/* Reads a domain's log, or any text with such lines in it. Takes any bytes; never fails. */
struct cvm_diagnosis *
cvm_log_diagnose(const char *data, size_t size);
/* TRUE when the line tells of the start itself, and was taken in: start->line is number when it
 * begins a new one. */
gboolean
cvm_start_read(struct cvm_start *start, const char *line, unsigned number);
void
cvm_diagnosis_note(struct cvm_diagnosis *diagnosis, const char *format, ...) G_GNUC_PRINTF(2, 3);
void
cvm_diagnosis_free(struct cvm_diagnosis *diagnosis);
CVM_DEFINE_AUTO(diagnosis)

/* sharpen.c */

/* What "ret=-22" and "fw_error=7" in a line mean, unless the row's text tells it. */
void
cvm_note_numbers(const char *line, struct cvm_diagnosis *diagnosis);
/* The policy on QEMU's command line in words. */
void
cvm_note_policy(const struct cvm_start *start, struct cvm_diagnosis *diagnosis);
/* Members of struct cvm_message. */
void
cvm_sharpen_snp_policy(const struct cvm_start *start, struct cvm_diagnosis *diagnosis);
void
cvm_sharpen_sev_policy(const struct cvm_start *start, struct cvm_diagnosis *diagnosis);
void
cvm_sharpen_es(const struct cvm_start *start, struct cvm_diagnosis *diagnosis);
void
cvm_sharpen_memlock(const struct cvm_start *start, struct cvm_diagnosis *diagnosis);
void
cvm_sharpen_device(const struct cvm_start *start, struct cvm_diagnosis *diagnosis);
void
cvm_sharpen_vm_type(const struct cvm_start *start, struct cvm_diagnosis *diagnosis);
void
cvm_sharpen_vfio(const struct cvm_start *start, struct cvm_diagnosis *diagnosis);

#endif
