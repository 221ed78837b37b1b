/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "readiness/readiness.h"

#include <string.h>

#include "readiness/judge.h"
#include "util/i18n.h"

static const struct cvm_host_check *const topics[] = {
    cvm_checks_machine,
    cvm_checks_kernel,
    cvm_checks_asids,
    cvm_checks_software,
};

static const enum cvm_guest guests[CVM_READINESS_TYPES] = { CVM_GUEST_SEV, CVM_GUEST_SEV_ES,
                                                            CVM_GUEST_SEV_SNP };

const struct cvm_host_check *
cvm_host_check_at(unsigned i)
{
    for (size_t t = 0; t < G_N_ELEMENTS(topics); t++) {
        for (const struct cvm_host_check *check = topics[t]; check->id; check++) {
            if (i-- == 0) {
                return check;
            }
        }
    }
    return NULL;
}

const char *
cvm_check_state_name(enum cvm_check_state state)
{
    static const char *const names[] = {
        [CVM_CHECK_UNKNOWN] = "unknown", [CVM_CHECK_PASSED] = "passed", [CVM_CHECK_NOTED] = "noted",
        [CVM_CHECK_WARNED] = "warned",   [CVM_CHECK_FAILED] = "failed",
    };

    return names[state];
}

/* ---- what checks are written with ---- */

void
cvm_judge(struct cvm_verdict *verdict, enum cvm_check_state state, const char *format, ...)
{
    verdict->state = state;
    verdict->fix = state > CVM_CHECK_NOTED && verdict->check->fix ? _(verdict->check->fix) : NULL;
    if (verdict->texts) {
        g_autofree char *fact = NULL;
        va_list values;

        va_start(values, format);
        fact = g_strdup_vprintf(format, values);
        va_end(values);
        verdict->fact = cvm_arena_strdup(verdict->texts, fact);
    }
}

void
cvm_judge_fix(struct cvm_verdict *verdict, const char *fix)
{
    verdict->fix = verdict->texts ? cvm_arena_strdup(verdict->texts, fix) : fix;
}

static const struct cvm_message *
find_message(const char *id)
{
    const struct cvm_message *message = cvm_messages_kernel;

    while (!g_str_equal(message->id, id)) {
        message++;
    }
    return message;
}

/* The line of the kernel's log that one of the message's patterns is in. */
static const char *
find_line(const struct cvm_host *host, const struct cvm_message *message, struct cvm_match *match)
{
    for (unsigned i = 0; i < host->kernel_messages.count; i++) {
        for (unsigned p = 0; p < CVM_MESSAGE_PATTERNS && message->patterns[p]; p++) {
            if (cvm_match(message->patterns[p], host->kernel_messages.items[i], match)) {
                return host->kernel_messages.items[i];
            }
        }
    }
    return NULL;
}

gboolean
cvm_judge_message(struct cvm_verdict *verdict, enum cvm_check_state state, const char *id)
{
    const struct cvm_message *message = find_message(id);
    struct cvm_match match;
    const char *line = find_line(verdict->host, message, &match);

    if (!line) {
        return FALSE;
    }
    if (!verdict->texts) {
        verdict->state = state;
        return TRUE;
    }
    g_autofree char *cause = cvm_message_fill(message, _(message->cause), &match);
    g_autofree char *remedy = cvm_message_fill(message, _(message->remedy), &match);

    if (g_str_has_suffix(cause, ".")) {
        cause[strlen(cause) - 1] = '\0';
    }
    /* TRANSLATORS: %2$s is a sentence without its full stop */
    cvm_judge(verdict, state, _("the kernel said '%1$s'. %2$s"), line, cause);
    if (state > CVM_CHECK_NOTED) {
        cvm_judge_fix(verdict, remedy);
    }
    return TRUE;
}

/* ---- one check ---- */

struct cvm_verdict
cvm_host_judge(const struct cvm_host *host, const struct cvm_host_check *check, unsigned types,
               struct cvm_arena *texts)
{
    struct cvm_verdict verdict = {
        .check = check,
        .host = host,
        .texts = texts,
        .types = check->types & types,
    };

    check->judge(&verdict);
    if (texts && !verdict.fact) {
        verdict.fact =
            cvm_arena_printf(texts, _("it is not recorded (%s would tell)"), check->source);
    }
    return verdict;
}

const struct cvm_host_check *
cvm_host_lack(const struct cvm_host *host, enum cvm_guest guest)
{
    for (size_t t = 0; t < G_N_ELEMENTS(topics); t++) {
        for (const struct cvm_host_check *check = topics[t]; check->id; check++) {
            struct cvm_verdict verdict;

            if (!(check->flags & CVM_CHECK_UNFIT) || !(check->types & guest)) {
                continue;
            }
            verdict = cvm_host_judge(host, check, guest, NULL);
            if (verdict.state == CVM_CHECK_FAILED && verdict.types & guest) {
                return check;
            }
        }
    }
    return NULL;
}

gboolean
cvm_host_is_hopeless(const struct cvm_host *host, enum cvm_guest guest)
{
    const struct cvm_host_check *lack = cvm_host_lack(host, guest);

    return lack && lack->flags & CVM_CHECK_FINAL;
}

/* ---- all of it ---- */

/* The final check that ruled out the first of these types. */
static const char *
name_final(const struct cvm_readiness *readiness, unsigned types)
{
    for (unsigned i = 0; i < readiness->n_verdicts; i++) {
        const struct cvm_verdict *verdict = &readiness->verdicts[i];

        if (verdict->state == CVM_CHECK_FAILED && verdict->check->flags & CVM_CHECK_FINAL &&
            verdict->types & types) {
            return verdict->check->id;
        }
    }
    return "?";
}

/* A check that does not matter any more is not made: its advice would be in vain. */
static struct cvm_verdict
pass_over(const struct cvm_readiness *readiness, const struct cvm_host_check *check)
{
    return (struct cvm_verdict){
        .check = check,
        .types = check->types,
        .fact = cvm_arena_printf(readiness->arena, _("it does not matter after '%s'"),
                                 name_final(readiness, check->types)),
        .passed_over = TRUE,
    };
}

static void
judge_all(struct cvm_readiness *readiness, const struct cvm_host *host)
{
    const struct cvm_host_check *check;
    unsigned count = 0, open = CVM_GUEST_AMD;

    while (cvm_host_check_at(count)) {
        count++;
    }
    readiness->verdicts = cvm_arena_array(readiness->arena, struct cvm_verdict, count);
    while ((check = cvm_host_check_at(readiness->n_verdicts))) {
        struct cvm_verdict *verdict = &readiness->verdicts[readiness->n_verdicts];

        *verdict = check->types & open ? cvm_host_judge(host, check, open, readiness->arena)
                                       : pass_over(readiness, check);
        readiness->n_verdicts++;
        if (verdict->state == CVM_CHECK_FAILED && check->flags & CVM_CHECK_FINAL) {
            open &= ~verdict->types;
        }
        verdict->host = NULL; /* the readiness outlives it */
        verdict->texts = NULL;
    }
}

static enum cvm_check_state
judge_type(const struct cvm_readiness *readiness, enum cvm_guest guest)
{
    enum cvm_check_state state = CVM_CHECK_PASSED;

    for (unsigned i = 0; i < readiness->n_verdicts; i++) {
        const struct cvm_verdict *verdict = &readiness->verdicts[i];

        if (verdict->types & guest && verdict->state == CVM_CHECK_FAILED) {
            return CVM_CHECK_FAILED;
        }
        if (verdict->check->types & guest && verdict->check->flags & CVM_CHECK_DECISIVE &&
            verdict->state == CVM_CHECK_UNKNOWN) {
            state = CVM_CHECK_UNKNOWN;
        }
    }
    return state;
}

static void
count_guests(struct cvm_prospect *prospect, const struct cvm_host *host)
{
    struct cvm_pool pool;

    if (cvm_host_is_hopeless(host, prospect->guest) ||
        !cvm_host_pool(host, prospect->guest, &pool)) {
        return;
    }
    prospect->has_capacity = TRUE;
    prospect->capacity = pool.size;
    prospect->has_free = pool.has_used;
    prospect->free = cvm_pool_free(&pool);
}

struct cvm_readiness *
cvm_readiness_new(const struct cvm_host *host)
{
    struct cvm_arena *arena = cvm_arena_new();
    struct cvm_readiness *readiness = cvm_arena_new0(arena, struct cvm_readiness);

    readiness->arena = arena;
    readiness->name = cvm_arena_strdup(arena, cvm_host_title(host));
    judge_all(readiness, host);
    for (unsigned i = 0; i < CVM_READINESS_TYPES; i++) {
        struct cvm_prospect *prospect = &readiness->prospects[i];

        prospect->guest = guests[i];
        prospect->state = judge_type(readiness, guests[i]);
        count_guests(prospect, host);
    }
    return readiness;
}

void
cvm_readiness_free(struct cvm_readiness *readiness)
{
    if (readiness) {
        cvm_arena_free(readiness->arena);
    }
}
