/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a log to the line that is the cause. What a program passes on comes after what it passes on,
 * and a log may hold many starts: of the last one it is the first line that is a cause. */
#include <string.h>

#include "messages/messages.h"
#include "util/i18n.h"
#include "util/visible.h"

enum {
    LINE_BYTES = 16 * 1024, /* of a line are looked at: a command line in one line fits */
    SHOWN_CHARACTERS = 240, /* of a line are shown */
    LINES_KEPT = 64,
};

struct reader {
    struct cvm_diagnosis *diagnosis;
    struct cvm_match chosen_match; /* points into chosen_line */
    char *chosen_line;
    gboolean in_command; /* the line before ended in a backslash */
};

static void
clear_line(gpointer line)
{
    g_free(((struct cvm_log_line *)line)->text);
}

static struct cvm_diagnosis *
new_diagnosis(void)
{
    struct cvm_diagnosis *diagnosis = g_new0(struct cvm_diagnosis, 1);

    diagnosis->lines = g_array_new(FALSE, FALSE, sizeof(struct cvm_log_line));
    g_array_set_clear_func(diagnosis->lines, clear_line);
    diagnosis->notes = g_ptr_array_new_with_free_func(g_free);
    return diagnosis;
}

void
cvm_diagnosis_free(struct cvm_diagnosis *diagnosis)
{
    if (!diagnosis) {
        return;
    }
    g_array_unref(diagnosis->lines);
    g_ptr_array_unref(diagnosis->notes);
    g_free(diagnosis->cause);
    g_free(diagnosis->remedy);
    g_free(diagnosis);
}

void
cvm_diagnosis_note(struct cvm_diagnosis *diagnosis, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_ptr_array_add(diagnosis->notes, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

/* Of any bytes, valid UTF-8 without control characters: none may reach the terminal, in a quoted
 * line or in a value taken from it. The caller's to g_free(). */
static char *
make_printable(const char *data, size_t length)
{
    g_autofree char *valid = g_utf8_make_valid(data, (gssize)length);
    GString *line = g_string_sized_new(length);

    for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if (cvm_char_is_hidden(c)) {
            g_string_append(line, c == '\t' ? " " : "\357\277\275"); /* U+FFFD */
        } else {
            g_string_append_len(line, at, g_utf8_next_char(at) - at);
        }
    }
    return g_string_free(line, FALSE);
}

/* What is shown of a line: of a long one what follows the place that was recognised. The caller's
 * to g_free(). */
static char *
show(const char *line, size_t from)
{
    gboolean long_line = g_utf8_strlen(line, -1) > SHOWN_CHARACTERS;
    const char *at = long_line ? line + from : line;
    GString *shown = g_string_new(at > line ? "…" : NULL);

    const char *end = at;

    for (unsigned i = 0; *end && i < SHOWN_CHARACTERS; i++) {
        end = g_utf8_next_char(end);
    }
    g_string_append_len(shown, at, end - at);
    g_string_append(shown, *end ? "…" : "");
    return g_string_free(shown, FALSE);
}

static struct cvm_log_line *
line_at(const struct cvm_diagnosis *diagnosis, unsigned i)
{
    return &g_array_index(diagnosis->lines, struct cvm_log_line, i);
}

static gboolean
is_known(const struct cvm_diagnosis *diagnosis, const struct cvm_message *message)
{
    for (unsigned i = 0; i < diagnosis->lines->len; i++) {
        if (line_at(diagnosis, i)->message == message) {
            return TRUE;
        }
    }
    return FALSE;
}

/* TRUE, and the line remembered, when it is a better cause than what was chosen before. */
static gboolean
choose(struct reader *reader, const struct cvm_message *message, const char *line,
       const struct cvm_match *match)
{
    const struct cvm_message *chosen = reader->diagnosis->message;

    /* Of those that only follow, the last says most. */
    if (chosen && (message->rank < chosen->rank ||
                   (message->rank == chosen->rank && message->rank > CVM_RANK_FOLLOWS))) {
        return FALSE;
    }
    reader->diagnosis->message = message;
    g_free(reader->chosen_line);
    reader->chosen_line = g_strdup(line);
    reader->chosen_match = *match;
    for (unsigned i = 0; i < match->count; i++) {
        reader->chosen_match.values[i].at = reader->chosen_line + (match->values[i].at - line);
    }
    return TRUE;
}

static void
forget_attempt(struct reader *reader)
{
    struct cvm_diagnosis *diagnosis = reader->diagnosis;

    if (diagnosis->message && diagnosis->message->rank > CVM_RANK_FOLLOWS) {
        diagnosis->earlier = line_at(diagnosis, diagnosis->chosen)->number;
    }
    diagnosis->message = NULL;
    g_array_set_size(diagnosis->lines, 0);
}

static void
take_message(struct reader *reader, const char *line)
{
    struct cvm_diagnosis *diagnosis = reader->diagnosis;
    struct cvm_match match;
    const struct cvm_message *message = cvm_message_match(line, &match);
    struct cvm_log_line row = { .number = diagnosis->log_lines, .message = message };
    gboolean better;

    if (!message || is_known(diagnosis, message)) {
        return;
    }
    better = choose(reader, message, line, &match);
    if (!better && diagnosis->lines->len >= LINES_KEPT) {
        return;
    }
    row.text = show(line, match.start);
    if (better) {
        diagnosis->chosen = diagnosis->lines->len;
    }
    g_array_append_val(diagnosis->lines, row);
}

static void
take_line(struct reader *reader, const char *line)
{
    struct cvm_diagnosis *diagnosis = reader->diagnosis;
    gboolean continues = reader->in_command;

    reader->in_command = g_str_has_suffix(line, " \\");
    if (!cvm_start_read(&diagnosis->start, line, diagnosis->log_lines)) {
        if (!continues) {
            take_message(reader, line);
        }
    } else if (diagnosis->start.line == diagnosis->log_lines) {
        diagnosis->attempts++;
        forget_attempt(reader);
    }
}

static void
finish(struct reader *reader)
{
    struct cvm_diagnosis *diagnosis = reader->diagnosis;
    const struct cvm_message *message = diagnosis->message;

    if (message) {
        diagnosis->cause = cvm_message_fill(message, _(message->cause), &reader->chosen_match);
        diagnosis->remedy = cvm_message_fill(message, _(message->remedy), &reader->chosen_match);
        cvm_note_numbers(reader->chosen_line, diagnosis);
        if (message->sharpen) {
            message->sharpen(&diagnosis->start, diagnosis);
        }
    } else if (diagnosis->start.has_policy) {
        cvm_note_policy(&diagnosis->start, diagnosis);
    }
    g_free(reader->chosen_line);
}

/* Reads from an offset that is the beginning of a line. */
static struct cvm_diagnosis *
diagnose_from(const char *data, size_t size, size_t from)
{
    struct reader reader = { .diagnosis = new_diagnosis() };

    for (size_t at = 0; at < from; at++) {
        reader.diagnosis->log_lines += data[at] == '\n';
    }
    while (from < size) {
        const char *start = data + from;
        const char *end = memchr(start, '\n', size - from);
        size_t length = end ? (size_t)(end - start) : size - from;
        size_t looked_at = MIN(length, (size_t)LINE_BYTES);
        g_autofree char *line = NULL;

        if (looked_at > 0 && start[looked_at - 1] == '\r') {
            looked_at--;
        }
        reader.diagnosis->log_lines++;
        if (looked_at < CVM_MESSAGE_SHORTEST) {
            reader.in_command = looked_at > 1 && memcmp(start + looked_at - 2, " \\", 2) == 0;
        } else {
            line = make_printable(start, looked_at);
            take_line(&reader, line);
        }
        from += length + 1;
    }
    finish(&reader);
    return reader.diagnosis;
}

/* Where the last of text is before an end; -1 when it is not. */
static gssize
find_last(const char *data, size_t size, const char *text)
{
    size_t length = strlen(text);

    for (size_t at = size < length ? 0 : size - length + 1; at-- > 0;) {
        if (data[at] == text[0] && memcmp(data + at, text, length) == 0) {
            return (gssize)at;
        }
    }
    return -1;
}

static size_t
line_begin(const char *data, size_t at)
{
    while (at > 0 && data[at - 1] != '\n') {
        at--;
    }
    return at;
}

static size_t
line_end(const char *data, size_t size, size_t at)
{
    const char *end = memchr(data + at, '\n', size - at);

    return end ? (size_t)(end - data) + 1 : size;
}

/* "    2026-03-14T02:51:07.418211Z qemu-system-x86_64: …": a further line of what QEMU said. */
static gboolean
goes_on(const char *data, size_t size, size_t at)
{
    while (at < size && data[at] == ' ') {
        at++;
    }
    return size - at > 11 && g_ascii_isdigit(data[at]) && data[at + 4] == '-' &&
           data[at + 10] == 'T';
}

/* Where the last failure of a journal, or of what virsh printed, begins: a domain's log says itself
 * where a start does. virsh has its line before the cause, libvirt's daemon behind it. */
static size_t
find_last_failure(const char *data, size_t size)
{
    const char *ended = "process exited while connecting to monitor";
    gssize begins = find_last(data, size, "Failed to start domain");
    gssize last = find_last(data, size, ended);
    gssize before = last < 0 ? -1 : find_last(data, (size_t)last, ended);
    size_t from = begins < 0 ? 0 : line_begin(data, (size_t)begins);

    if (find_last(data, size, "starting up libvirt version: ") >= 0) {
        return 0;
    }
    if (before >= 0) {
        size_t next = line_end(data, size, (size_t)before);

        while (next < size && goes_on(data, size, next)) {
            next = line_end(data, size, next);
        }
        from = MAX(from, next);
    }
    return from;
}

struct cvm_diagnosis *
cvm_log_diagnose(const char *data, size_t size)
{
    size_t from = find_last_failure(data, size);
    struct cvm_diagnosis *diagnosis = diagnose_from(data, size, from);

    /* The failure may only be passed on there, and its cause have been logged by somebody before.
     */
    if (from > 0 && (!diagnosis->message || diagnosis->message->rank == CVM_RANK_FOLLOWS)) {
        cvm_diagnosis_free(diagnosis);
        diagnosis = diagnose_from(data, size, 0);
    }
    return diagnosis;
}
