/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exported functions of <cvmdom/explain.h>. */
#include "lib.h"
#include "messages/messages.h"
#include "util/file.h"
#include "util/i18n.h"

/* libvirt's virtlogd starts a new file at 2 MiB; a journal of a day is larger. */
#define LOG_MAX ((size_t)16 * 1024 * 1024)

CVM_LIB_HANDLE(diagnosis, cvmdom_diagnosis, struct cvm_diagnosis)

G_STATIC_ASSERT((int)CVMDOM_SAYS_LIBVIRT == (int)CVM_SAYS_LIBVIRT);
G_STATIC_ASSERT((int)CVMDOM_SAYS_QEMU == (int)CVM_SAYS_QEMU);
G_STATIC_ASSERT((int)CVMDOM_SAYS_HOST_KERNEL == (int)CVM_SAYS_HOST_KERNEL);
G_STATIC_ASSERT((int)CVMDOM_SAYS_GUEST == (int)CVM_SAYS_GUEST);
G_STATIC_ASSERT((int)CVMDOM_MESSAGE_FOLLOWS == (int)CVM_RANK_FOLLOWS);
G_STATIC_ASSERT((int)CVMDOM_MESSAGE_STEP == (int)CVM_RANK_STEP);
G_STATIC_ASSERT((int)CVMDOM_MESSAGE_CAUSE == (int)CVM_RANK_CAUSE);

/* ---- return codes ---- */

static int
give_code(const struct cvm_firmware_code *row, struct cvmdom_firmware_code *code)
{
    if (!row) {
        return -1;
    }
    *code = (struct cvmdom_firmware_code){
        .code = row->code,
        .name = row->name,
        .alias = row->alias,
        .said = row->said,
        .source = row->since,
        .meaning = _(row->meaning),
        .remedy = _(row->remedy),
    };
    return 0;
}

int
cvmdom_firmware_code_at(size_t i, struct cvmdom_firmware_code *code)
{
    const struct cvm_firmware_code *row = cvm_firmware_codes;

    while (i > 0 && row->name) {
        i--;
        row++;
    }
    return give_code(row->name ? row : NULL, code);
}

int
cvmdom_firmware_code_by_number(int number, struct cvmdom_firmware_code *code)
{
    return give_code(cvm_firmware_code_by_number(number), code);
}

int
cvmdom_firmware_code_by_name(const char *name, struct cvmdom_firmware_code *code)
{
    return give_code(cvm_firmware_code_by_name(name), code);
}

int
cvmdom_errno_at(size_t i, struct cvmdom_errno *error)
{
    const struct cvm_errno *row = cvm_errnos;

    while (i > 0 && row->name) {
        i--;
        row++;
    }
    if (!row->name) {
        return -1;
    }
    *error = (struct cvmdom_errno){
        .number = row->number,
        .name = row->name,
        .meaning = _(row->meaning),
        .remedy = _(row->remedy),
    };
    return 0;
}

/* ---- messages ---- */

static int
give_message(const struct cvm_message *row, struct cvmdom_message *message)
{
    G_STATIC_ASSERT(G_N_ELEMENTS(message->patterns) > CVM_MESSAGE_PATTERNS);
    if (!row) {
        return -1;
    }
    *message = (struct cvmdom_message){
        .id = row->id,
        .speaker = (int)row->speaker,
        .rank = (int)row->rank,
        .cause = _(row->cause),
        .remedy = _(row->remedy),
        .rules = row->rules,
        .versions = row->versions ? _(row->versions) : NULL,
    };
    for (unsigned i = 0; i < CVM_MESSAGE_PATTERNS; i++) {
        message->patterns[i] = row->patterns[i];
    }
    return 0;
}

int
cvmdom_message_at(size_t i, struct cvmdom_message *message)
{
    return give_message(i < G_MAXUINT ? cvm_message_at((unsigned)i) : NULL, message);
}

int
cvmdom_message_find(const char *id, struct cvmdom_message *message)
{
    return give_message(cvm_message_find(id), message);
}

/* ---- logs ---- */

cvmdom_diagnosis *
cvmdom_log_diagnose(const char *data, size_t size)
{
    return diagnosis_handle(cvm_log_diagnose(data ? data : "", size));
}

cvmdom_diagnosis *
cvmdom_log_read(const char *path, cvmdom_error **error)
{
    g_autofree char *data = NULL;
    GError *cause = NULL;
    size_t size;

    if (cvm_file_read(path, LOG_MAX, &data, &size, &cause) < 0) {
        give_error(error, cause);
        return NULL;
    }
    return cvmdom_log_diagnose(data, size);
}

void
cvmdom_diagnosis_free(cvmdom_diagnosis *diagnosis)
{
    cvm_diagnosis_free(diagnosis_of(diagnosis));
}

static const struct cvm_log_line *
known_line(const struct cvm_diagnosis *diagnosis, size_t i)
{
    return i < diagnosis->lines->len ? &g_array_index(diagnosis->lines, struct cvm_log_line, i)
                                     : NULL;
}

const char *
cvmdom_diagnosis_message(const cvmdom_diagnosis *diagnosis)
{
    const struct cvm_message *message = diagnosis_of(diagnosis)->message;

    return message ? message->id : NULL;
}

const char *
cvmdom_diagnosis_cause(const cvmdom_diagnosis *diagnosis)
{
    return diagnosis_of(diagnosis)->cause;
}

const char *
cvmdom_diagnosis_remedy(const cvmdom_diagnosis *diagnosis)
{
    return diagnosis_of(diagnosis)->remedy;
}

const char *
cvmdom_diagnosis_note(const cvmdom_diagnosis *diagnosis, size_t i)
{
    const GPtrArray *notes = diagnosis_of(diagnosis)->notes;

    return i < notes->len ? g_ptr_array_index(notes, i) : NULL;
}

unsigned
cvmdom_diagnosis_line(const cvmdom_diagnosis *diagnosis)
{
    const struct cvm_diagnosis *internal = diagnosis_of(diagnosis);
    const struct cvm_log_line *line =
        internal->message ? known_line(internal, internal->chosen) : NULL;

    return line ? line->number : 0;
}

int
cvmdom_diagnosis_known(const cvmdom_diagnosis *diagnosis, size_t i, struct cvmdom_log_line *line)
{
    const struct cvm_log_line *row = known_line(diagnosis_of(diagnosis), i);

    if (!row) {
        return -1;
    }
    *line = (struct cvmdom_log_line){
        .number = row->number,
        .text = row->text,
        .message = row->message->id,
    };
    return 0;
}

unsigned
cvmdom_diagnosis_starts(const cvmdom_diagnosis *diagnosis)
{
    return diagnosis_of(diagnosis)->attempts;
}

unsigned
cvmdom_diagnosis_start_line(const cvmdom_diagnosis *diagnosis)
{
    return diagnosis_of(diagnosis)->start.line;
}

unsigned
cvmdom_diagnosis_earlier_line(const cvmdom_diagnosis *diagnosis)
{
    return diagnosis_of(diagnosis)->earlier;
}
