/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What rules said, rule by rule: each message once, with the profiles and hosts that it is about.
 */
#include <string.h>

#include "report/board.h"
#include "util/i18n.h"

enum {
    PLACES = 6,   /* of one message that are listed */
    MESSAGES = 6, /* of one rule that need not be asked for */
};

static const struct {
    const char *word, *class;
} severities[] = {
    [CVM_NOTE] = { N_("note"), "info" },
    [CVM_WARNING] = { N_("warning"), "warned" },
    [CVM_SEVERE] = { N_("error"), "cannot" },
};

static void
write_places(struct cvm_board *board, const struct cvm_board_why *why)
{
    unsigned shown = MIN(why->where->len, PLACES), more = why->where->len - shown;
    struct cvm_html *html = &board->html;

    cvm_html_start(html, "ul", "places");
    for (unsigned i = 0; i < shown; i++) {
        unsigned where = g_array_index(why->where, unsigned, i);

        cvm_html_start(html, "li", NULL);
        cvm_board_write_names(board, board->profile_names,
                              &board->columns.items[where % board->columns.count], 1);
        cvm_html_text(html, " · ");
        cvm_board_write_names(board, board->host_names,
                              &board->rows.items[where / board->columns.count], 1);
        cvm_html_end(html);
    }
    if (more > 0) {
        cvm_html_start(html, "li", NULL);
        cvm_html_text_format(html, ngettext_("and %u more", "and %u more", more), more);
        cvm_html_end(html);
    }
    cvm_html_end(html);
}

static void
write_message(struct cvm_board *board, const struct cvm_board_why *why)
{
    struct cvm_html *html = &board->html;

    cvm_html_start(html, "div", "message");
    cvm_html_attribute_format(html, "id", "why-%u", why->id);
    cvm_html_element(html, "p", NULL, why->reason->message);
    if (why->reason->fix) {
        cvm_html_start(html, "p", "fix");
        cvm_html_element(html, "b", NULL, _("What to do:"));
        cvm_html_text(html, " ");
        cvm_html_text(html, why->reason->fix);
        cvm_html_end(html);
    }
    write_places(board, why);
    cvm_html_end(html);
}

static guint
find_next_rule(const struct cvm_board *board, guint first)
{
    const struct cvm_board_why *one = g_ptr_array_index(board->whys, first);
    guint next = first + 1;

    while (next < board->whys->len) {
        const struct cvm_board_why *other = g_ptr_array_index(board->whys, next);

        if (one->reason->severity != other->reason->severity ||
            strcmp(one->reason->rule, other->reason->rule) != 0) {
            break;
        }
        next++;
    }
    return next;
}

/* A link to a message that is folded away opens it: HTML, 7.4.6.4, "ancestor revealing". */
static void
write_messages(struct cvm_board *board, guint first, guint next)
{
    struct cvm_html *html = &board->html;
    guint folded = next - first > MESSAGES ? next - first - MESSAGES : 0;

    for (guint i = first; i < next - folded; i++) {
        write_message(board, g_ptr_array_index(board->whys, i));
    }
    if (folded > 0) {
        cvm_html_start(html, "details", NULL);
        cvm_html_start(html, "summary", NULL);
        cvm_html_text_format(html, ngettext_("%u more message", "%u more messages", folded),
                             folded);
        cvm_html_end(html);
        for (guint i = next - folded; i < next; i++) {
            write_message(board, g_ptr_array_index(board->whys, i));
        }
        cvm_html_end(html);
    }
}

/* Returns the first message of the next rule. */
static guint
write_rule(struct cvm_board *board, guint first)
{
    const struct cvm_board_why *one = g_ptr_array_index(board->whys, first);
    const struct cvm_fleet_reason *reason = one->reason;
    struct cvm_html *html = &board->html;
    guint next = find_next_rule(board, first);

    cvm_html_start(html, "section", "rule");
    cvm_html_start(html, "h3", NULL);
    cvm_html_start(html, "span", severities[reason->severity].class);
    cvm_board_write_icon(board, severities[reason->severity].class);
    cvm_html_text(html, _(severities[reason->severity].word));
    cvm_html_end(html);
    cvm_html_text_format(html, " %s ", reason->rule);
    cvm_html_element(html, "span", "sub", reason->name);
    cvm_html_end(html);
    write_messages(board, first, next);
    cvm_html_end(html);
    return next;
}

void
cvm_board_write_reasons(struct cvm_board *board)
{
    struct cvm_html *html = &board->html;

    if (board->whys->len == 0) {
        return;
    }
    cvm_board_write_section(board, "reasons", _("Reasons"));
    cvm_html_element(html, "p", "lead",
                     _("What rules said, each message once. \"cvmdom explain\" with the id of a "
                       "rule tells more of it."));
    for (guint i = 0; i < board->whys->len;) {
        i = write_rule(board, i);
    }
    cvm_html_end(html);
}
