/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Readiness for people and programs. The text has first what each type may expect, then what is in
 * the way or worth knowing, in the order in which to mend it; the other checks by name. */
#include <string.h>

#include "report/parts.h"
#include "report/readiness.h"
#include "util/i18n.h"

enum { FORMAT_VERSION = 1 }; /* another one where a reader of this one would go wrong */

/* Those of findings (text.c): failed is severe, warned a warning, noted a note; green is passed. */
static const char *const state_colours[] = {
    [CVM_CHECK_UNKNOWN] = "\033[1m",   [CVM_CHECK_PASSED] = "\033[1;32m",
    [CVM_CHECK_NOTED] = "\033[1;36m",  [CVM_CHECK_WARNED] = "\033[1;35m",
    [CVM_CHECK_FAILED] = "\033[1;31m",
};
#define COLOUR_END "\033[0m"

struct page {
    const struct cvm_readiness *readiness;
    unsigned types; /* that are asked for */
    gboolean colour;
    GString *out;
};

/* ---- text: lines ---- */

/* "  fix: text". */
static void
append_labelled(GString *out, const char *label, const char *text)
{
    g_string_append_printf(out, "  %s: ", label);
    cvm_report_wrap(out, text, cvm_report_width(label, strlen(label)) + 4, 4);
}

/* In the language of the user; cvm_check_state_name() is for programs. */
static const char *
name_state(enum cvm_check_state state)
{
    switch (state) {
    case CVM_CHECK_FAILED:
        return _("failed");
    case CVM_CHECK_WARNED:
        return _("warned");
    case CVM_CHECK_NOTED:
        return _("noted");
    case CVM_CHECK_PASSED:
        return _("passed");
    default:
        return _("not known");
    }
}

static void
append_state(const struct page *page, enum cvm_check_state state, const char *word)
{
    g_string_append_printf(page->out, "%s%s%s", page->colour ? state_colours[state] : "", word,
                           page->colour ? COLOUR_END : "");
}

/* ---- what is in the way of a type ---- */

static gboolean
is_in_the_way(const struct cvm_verdict *verdict, enum cvm_guest guest)
{
    return verdict->types & guest && verdict->state == CVM_CHECK_FAILED;
}

static gboolean
is_missing(const struct cvm_verdict *verdict, enum cvm_guest guest)
{
    return verdict->check->types & guest && verdict->check->flags & CVM_CHECK_DECISIVE &&
           verdict->state == CVM_CHECK_UNKNOWN && !verdict->passed_over;
}

/* The ids of such verdicts, separated by commas. The caller's to g_free(). */
static char *
list_ids(const struct cvm_readiness *readiness, enum cvm_guest guest,
         gboolean (*is_wanted)(const struct cvm_verdict *verdict, enum cvm_guest guest))
{
    GString *list = g_string_new(NULL);

    for (unsigned i = 0; i < readiness->n_verdicts; i++) {
        if (is_wanted(&readiness->verdicts[i], guest)) {
            g_string_append_printf(list, "%s%s", list->len ? ", " : "",
                                   readiness->verdicts[i].check->id);
        }
    }
    return g_string_free(list, FALSE);
}

/* ---- text: types ---- */

/* "; room for 97 more guests of 99". The caller's to g_free(). */
static char *
describe_room(const struct cvm_prospect *prospect)
{
    if (!prospect->has_capacity) {
        return g_strdup(_("for how many guests is not known"));
    }
    if (!prospect->has_free) {
        return g_strdup_printf(ngettext_("for %u guest; how many run is not known",
                                         "for %u guests; how many run is not known",
                                         prospect->capacity),
                               prospect->capacity);
    }
    return g_strdup_printf(ngettext_("for %1$u more guest (of %2$u)",
                                     "for %1$u more guests (of %2$u)", prospect->free),
                           prospect->free, prospect->capacity);
}

static void
append_prospect(const struct page *page, const struct cvm_prospect *prospect)
{
    const char *answer = prospect->state == CVM_CHECK_PASSED   ? _("yes")
                         : prospect->state == CVM_CHECK_FAILED ? _("no")
                                                               : _("not known");
    g_autofree char *head = g_strdup_printf("  %-8s ", cvm_guest_info(prospect->guest)->title);
    g_autofree char *ids =
        list_ids(page->readiness, prospect->guest,
                 prospect->state == CVM_CHECK_FAILED ? is_in_the_way : is_missing);
    g_autofree char *reason = prospect->state == CVM_CHECK_PASSED ? describe_room(prospect)
                              : prospect->state == CVM_CHECK_FAILED
                                  ? g_strdup_printf(_("in the way: %s"), ids)
                                  : g_strdup_printf(_("the host does not tell: %s"), ids);

    g_string_append(page->out, head);
    append_state(page, prospect->state, answer);
    g_string_append(page->out, ", ");
    cvm_report_wrap(page->out, reason,
                    cvm_report_width(head, strlen(head)) +
                        cvm_report_width(answer, strlen(answer)) + 2,
                    cvm_report_width(head, strlen(head)));
}

/* ---- text: checks ---- */

/* "SEV, SEV-ES". The caller's to g_free(). */
static char *
list_types(const struct page *page, unsigned types)
{
    GString *list = g_string_new(NULL);

    for (unsigned i = 0; i < CVM_READINESS_TYPES; i++) {
        enum cvm_guest guest = page->readiness->prospects[i].guest;

        if (types & guest) {
            g_string_append_printf(list, "%s%s", list->len ? ", " : "",
                                   cvm_guest_info(guest)->title);
        }
    }
    return g_string_free(list, FALSE);
}

/* "failed (SEV-SNP): fact. [id]"; without the types where it is all that are asked for. */
static void
append_verdict(const struct page *page, const struct cvm_verdict *verdict)
{
    unsigned types = verdict->types & page->types;
    const char *state = name_state(verdict->state);
    g_autofree char *listed = list_types(page, types);
    g_autofree char *head =
        types == page->types ? g_strdup(": ") : g_strdup_printf(" (%s): ", listed);
    g_autofree char *line = g_strdup_printf("%s. [%s]", verdict->fact, verdict->check->id);

    append_state(page, verdict->state, state);
    g_string_append(page->out, head);
    cvm_report_wrap(page->out, line,
                    cvm_report_width(state, strlen(state)) + (unsigned)strlen(head), 2);
    if (verdict->fix) {
        append_labelled(page->out, _("fix"), verdict->fix);
    }
    if (verdict->check->myth) {
        append_labelled(page->out, _("beware"), _(verdict->check->myth));
    }
}

static void
append_verdicts(const struct page *page, enum cvm_check_state state)
{
    for (unsigned i = 0; i < page->readiness->n_verdicts; i++) {
        const struct cvm_verdict *verdict = &page->readiness->verdicts[i];

        if (verdict->types & page->types && verdict->state == state) {
            append_verdict(page, verdict);
        }
    }
}

static void
append_names(const struct page *page, enum cvm_check_state state)
{
    const char *word = name_state(state);
    g_autoptr(GString) names = g_string_new(NULL);
    unsigned count = 0;
    char number[16];

    for (unsigned i = 0; i < page->readiness->n_verdicts; i++) {
        const struct cvm_verdict *verdict = &page->readiness->verdicts[i];

        if (verdict->types & page->types && verdict->state == state && !verdict->passed_over) {
            g_string_append_printf(names, "%s%s", names->len ? ", " : "", verdict->check->id);
            count++;
        }
    }
    if (count > 0) {
        g_snprintf(number, sizeof(number), " (%u): ", count);
        append_state(page, state, word);
        g_string_append(page->out, number);
        cvm_report_wrap(page->out, names->str,
                        cvm_report_width(word, strlen(word)) + (unsigned)strlen(number), 2);
    }
}

void
cvm_readiness_report_text(const struct cvm_readiness *readiness, unsigned types, gboolean colour,
                          GString *out)
{
    const struct page page = { readiness, types, colour, out };
    g_autofree char *title = g_strdup_printf(_("Host '%s' can run guests with"), readiness->name);
    size_t before;

    cvm_report_wrap(out, title, 0, 2);
    for (unsigned i = 0; i < CVM_READINESS_TYPES; i++) {
        if (readiness->prospects[i].guest & types) {
            append_prospect(&page, &readiness->prospects[i]);
        }
    }
    g_string_append_c(out, '\n');
    before = out->len;
    append_verdicts(&page, CVM_CHECK_FAILED);
    append_verdicts(&page, CVM_CHECK_WARNED);
    append_verdicts(&page, CVM_CHECK_NOTED);
    g_string_append(out, out->len > before ? "\n" : "");
    append_names(&page, CVM_CHECK_PASSED);
    append_names(&page, CVM_CHECK_UNKNOWN);
}

/* ---- JSON ---- */

static json_t *
number_or_null(gboolean known, unsigned number)
{
    return known ? json_integer(number) : json_null();
}

static json_t *
ids_of(const struct cvm_readiness *readiness, enum cvm_guest guest,
       gboolean (*is_wanted)(const struct cvm_verdict *verdict, enum cvm_guest guest))
{
    json_t *ids = json_array();

    for (unsigned i = 0; i < readiness->n_verdicts; i++) {
        if (is_wanted(&readiness->verdicts[i], guest)) {
            json_array_append_new(ids, json_string(readiness->verdicts[i].check->id));
        }
    }
    return ids;
}

static json_t *
describe_type(const struct cvm_readiness *readiness, const struct cvm_prospect *prospect)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", /* in this order */
                     "type", cvm_guest_info(prospect->guest)->name, "state",
                     cvm_check_state_name(prospect->state), "capacity",
                     number_or_null(prospect->has_capacity, prospect->capacity), "free",
                     number_or_null(prospect->has_free, prospect->free), "inTheWay",
                     ids_of(readiness, prospect->guest, is_in_the_way), "notKnown",
                     ids_of(readiness, prospect->guest, is_missing));
}

static json_t *
describe_check(const struct cvm_readiness *readiness, const struct cvm_verdict *verdict)
{
    const struct cvm_host_check *check = verdict->check;
    json_t *types = json_array();

    for (unsigned i = 0; i < CVM_READINESS_TYPES; i++) {
        enum cvm_guest guest = readiness->prospects[i].guest;

        if (verdict->types & guest) {
            json_array_append_new(types, json_string(cvm_guest_info(guest)->name));
        }
    }
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o}", /* in this order */
                     "id", check->id, "state", cvm_check_state_name(verdict->state), "types", types,
                     "title", cvm_json_text(_(check->title)), "fact", cvm_json_text(verdict->fact),
                     "fix", cvm_json_text(verdict->fix), "myth",
                     cvm_json_text(check->myth ? _(check->myth) : NULL));
}

void
cvm_readiness_report_json(const struct cvm_readiness *readiness, unsigned types, GString *out)
{
    json_t *all = json_array(), *checks = json_array();

    for (unsigned i = 0; i < CVM_READINESS_TYPES; i++) {
        if (readiness->prospects[i].guest & types) {
            json_array_append_new(all, describe_type(readiness, &readiness->prospects[i]));
        }
    }
    for (unsigned i = 0; i < readiness->n_verdicts; i++) {
        if (readiness->verdicts[i].types & types) {
            json_array_append_new(checks, describe_check(readiness, &readiness->verdicts[i]));
        }
    }
    cvm_json_write(json_pack("{s:i, s:o, s:o, s:o}", "version", FORMAT_VERSION, "host",
                             cvm_json_text(readiness->name), "types", all, "checks", checks),
                   out);
}
