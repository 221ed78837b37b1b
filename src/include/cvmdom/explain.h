/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * Explanations: return codes of the SEV firmware, and the messages of libvirt, QEMU and the kernel
 * when a guest does not start.
 *
 * Texts of causes and remedies are in the language of the locale; what a program says is known in
 * English, which is how QEMU and the kernel always write, and libvirt in its logs unless its daemon
 * runs under another locale.
 */
#ifndef CVMDOM_EXPLAIN_H
#define CVMDOM_EXPLAIN_H

#include <stddef.h>

#include <cvmdom/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A return code of the SEV firmware, as QEMU prints it behind "fw_error=". Texts are static. */
struct cvmdom_firmware_code {
    int code;            /**< its number; -1: the firmware was not called */
    const char *name;    /**< AMD's name: "POLICY_FAILURE" */
    const char *alias;   /**< another name in use; NULL when there is none */
    const char *said;    /**< what QEMU 10.0 prints in quotes behind it; NULL: "unknown error" */
    const char *source;  /**< the specification or header that defines the number */
    const char *meaning; /**< one sentence */
    const char *remedy;  /**< what to do */
};

/** @return 0 and code i, ascending from -1, or -1 beyond the last. */
int
cvmdom_firmware_code_at(size_t i, struct cvmdom_firmware_code *code);

/** @return 0 and the code of a number, or -1 when it is not known. */
int
cvmdom_firmware_code_by_number(int number, struct cvmdom_firmware_code *code);

/** @return 0 and the code of a name, "POLICY_FAILURE" or "SEV_RET_POLICY_FAILURE" in any case, or
 * -1 when it is not known. */
int
cvmdom_firmware_code_by_name(const char *name, struct cvmdom_firmware_code *code);

/** An error of the kernel, as QEMU prints it behind "ret=", there negative. Texts are static. */
struct cvmdom_errno {
    int number;          /**< positive, Linux's on x86-64 */
    const char *name;    /**< "EINVAL" */
    const char *meaning; /**< what it says where a SEV guest starts */
    const char *remedy;  /**< what to do */
};

/** @return 0 and error i, ascending, or -1 beyond the last. */
int
cvmdom_errno_at(size_t i, struct cvmdom_errno *error);

/** Who writes a message. Numbers are stable. */
enum cvmdom_speaker {
    CVMDOM_SAYS_LIBVIRT = 0,
    CVMDOM_SAYS_QEMU = 1,
    CVMDOM_SAYS_HOST_KERNEL = 2, /**< in the host's kernel log */
    CVMDOM_SAYS_GUEST = 3        /**< on the guest's console */
};

/** What a message is worth for finding out why a guest does not start. Numbers are stable. */
enum cvmdom_message_rank {
    CVMDOM_MESSAGE_FOLLOWS = 0, /**< it passes on that something failed before */
    CVMDOM_MESSAGE_STEP = 1,    /**< it names the step that failed; another line may say why */
    CVMDOM_MESSAGE_CAUSE = 2
};

/** A message of the table. Texts are static. */
struct cvmdom_message {
    const char *id; /**< "no-free-asid": stable */
    int speaker;    /**< enum cvmdom_speaker */
    int rank;       /**< enum cvmdom_message_rank */
    /** What it looks like, ended by NULL: %d stands for a number, %x for a hexadecimal one, %s for
     * any text. */
    const char *patterns[5];
    const char *cause;    /**< {1} stands for the pattern's first value, and so on */
    const char *remedy;   /**< what to change; the same */
    const char *rules;    /**< ids of rules that find it beforehand, separated by blanks; NULL */
    const char *versions; /**< which versions say it like that; NULL: all known */
};

/** @return 0 and message i of the table, or -1 beyond the last. */
int
cvmdom_message_at(size_t i, struct cvmdom_message *message);

/** @return 0 and the message of an id, or -1 when there is none. */
int
cvmdom_message_find(const char *id, struct cvmdom_message *message);

/** What a log says of a start that failed. */
typedef struct cvmdom_diagnosis cvmdom_diagnosis;

/**
 * Looks for the cause in a domain's log (/var/log/libvirt/qemu/NAME.log), a journal, what virsh or
 * the kernel printed, or in a single message. Of a log with several starts in it only the last one
 * counts. QEMU's command line and the versions that libvirt logs make the texts more exact.
 *
 * @param data any bytes; need not end in NUL; not kept; NULL when size is 0
 * @param size bytes of data; time grows linearly with it
 * @return the caller's to cvmdom_diagnosis_free(); never NULL
 */
cvmdom_diagnosis *
cvmdom_log_diagnose(const char *data, size_t size);

/**
 * The same of a file.
 *
 * @param path  a file of at most 16 MiB; "-" for standard input
 * @param error CVMDOM_ERROR_IO, or CVMDOM_ERROR_SYNTAX for a larger one
 * @return NULL on failure
 */
cvmdom_diagnosis *
cvmdom_log_read(const char *path, cvmdom_error **error);

/** Frees a diagnosis; NULL is allowed. */
void
cvmdom_diagnosis_free(cvmdom_diagnosis *diagnosis);

/** @name The cause. Texts are borrowed and live as long as the diagnosis; all are NULL, and the
 * line 0, when nothing known was found.
 * @{ */
/** The id of the message, see cvmdom_message_find(). When its rank is CVMDOM_MESSAGE_FOLLOWS, the
 * cause itself was not found. */
const char *
cvmdom_diagnosis_message(const cvmdom_diagnosis *diagnosis);
/** What went wrong, with the values of this log. */
const char *
cvmdom_diagnosis_cause(const cvmdom_diagnosis *diagnosis);
/** What to change. */
const char *
cvmdom_diagnosis_remedy(const cvmdom_diagnosis *diagnosis);
/** Note i: what else the log tells about it; NULL beyond the last. */
const char *
cvmdom_diagnosis_note(const cvmdom_diagnosis *diagnosis, size_t i);
/** The number of the line, from 1. */
unsigned
cvmdom_diagnosis_line(const cvmdom_diagnosis *diagnosis);
/** @} */

/** A line of the log that the table knows. Texts are borrowed and live as long as the diagnosis. */
struct cvmdom_log_line {
    unsigned number;  /**< from 1 */
    const char *text; /**< the line, valid UTF-8 without control characters, of a long one part */
    const char *message; /**< the id of its message */
};

/** @return 0 and known line i of the last start, in the log's order and without repeats of one
 * message, or -1 beyond the last. */
int
cvmdom_diagnosis_known(const cvmdom_diagnosis *diagnosis, size_t i, struct cvmdom_log_line *line);

/** @return how many starts the log holds; 0 when it does not say, as a journal does not. */
unsigned
cvmdom_diagnosis_starts(const cvmdom_diagnosis *diagnosis);

/** @return the line where the last start begins; 0 when the log does not say. */
unsigned
cvmdom_diagnosis_start_line(const cvmdom_diagnosis *diagnosis);

/** @return the line of a known message in an earlier start than the last; 0 when there is none. */
unsigned
cvmdom_diagnosis_earlier_line(const cvmdom_diagnosis *diagnosis);

#ifdef __cplusplus
}
#endif

#endif
