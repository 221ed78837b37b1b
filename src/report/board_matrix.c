/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The matrix of a fleet's page: hosts are rows, profiles columns; each cell says how many guests,
 * and on hover and focus what ends them or why there is none. */
#include "report/board.h"
#include "util/i18n.h"

/* ---- columns ---- */

static void
write_column_facts(struct cvm_board *board, const struct cvm_fleet_profile *profile)
{
    g_autofree char *memory = cvm_board_size(profile->memory);
    struct cvm_html *html = &board->html;

    cvm_html_element(html, "span", "sub",
                     profile->guest == CVM_GUEST_NONE ? _("not confidential")
                                                      : cvm_guest_info(profile->guest)->title);
    cvm_html_start(html, "span", "sub");
    cvm_html_text_format(html, ngettext_("%1$s, %2$u vCPU", "%1$s, %2$u vCPUs", profile->vcpus),
                         memory, profile->vcpus);
    cvm_html_end(html);
    if (profile->wanted > 0) {
        cvm_html_start(html, "span", "sub");
        cvm_html_text_format(html, _("%1$u of %2$u placed"), profile->placed, profile->wanted);
        cvm_html_end(html);
    }
}

static void
write_column(struct cvm_board *board, const struct cvm_board_group *group)
{
    enum { SHORT = 16 }; /* characters that stay on one line */
    struct cvm_html *html = &board->html;

    cvm_html_start(html, "th",
                   g_utf8_strlen(board->profile_names[group->first], -1) <= SHORT ? "short" : NULL);
    cvm_html_attribute(html, "scope", "col");
    cvm_html_start(html, "span", "name");
    cvm_board_write_names(board, board->profile_names, group, 1);
    cvm_html_end(html);
    if (group->count == 1 && board->columns.count <= CVM_BOARD_DENSE) {
        write_column_facts(board, &board->fleet->profiles[group->first]);
    }
    cvm_html_end(html);
}

static void
write_head(struct cvm_board *board)
{
    struct cvm_html *html = &board->html;

    cvm_html_start(html, "thead", NULL);
    cvm_html_start(html, "tr", NULL);
    cvm_html_start(html, "th", NULL);
    cvm_html_attribute(html, "scope", "col");
    cvm_html_text(html, _("Host"));
    cvm_html_end(html);
    for (unsigned c = 0; c < board->columns.count; c++) {
        write_column(board, &board->columns.items[c]);
    }
    cvm_html_end_many(html, 2);
}

/* ---- what a cell shows ---- */

static char *
format_guests(uint64_t guests)
{
    enum { THOUSANDS_FROM = 10000 };

    if (guests == CVM_BOARD_NO_LIMIT) {
        return g_strdup("∞");
    }
    return guests < THOUSANDS_FROM ? g_strdup_printf("%" G_GUINT64_FORMAT, guests)
                                   : g_strdup_printf("%" G_GUINT64_FORMAT "k", guests / 1000);
}

static void
write_number(struct cvm_board *board, const struct cvm_board_sum *sum)
{
    g_autofree char *least = format_guests(sum->least);
    g_autofree char *most = format_guests(sum->most);
    struct cvm_html *html = &board->html;

    cvm_html_start(html, "span", "number");
    if (sum->assumed) {
        cvm_html_text(html, "≤\u202f");
    }
    cvm_html_text(html, least);
    if (sum->least != sum->most) {
        cvm_html_text_format(html, "–%s", most);
    }
    cvm_html_end(html);
}

/* The smaller line: of the cell's facts the one that one would ask for next. */
static void
write_note(struct cvm_board *board, const struct cvm_board_sum *sum,
           const struct cvm_fleet_reasons *reasons)
{
    unsigned total = 0;
    struct cvm_html *html = &board->html;

    for (unsigned state = 0; state <= CVM_FLEET_RUNS; state++) {
        total += sum->pairs[state];
    }
    cvm_html_start(html, "span", "note");
    if (sum->placed) {
        cvm_html_text_format(html, ngettext_("%u placed", "%u placed", sum->placed), sum->placed);
    } else if (sum->state == CVM_FLEET_CANNOT) {
        cvm_html_text(html, reasons->count ? reasons->items[0].rule : "");
    } else if (sum->state > CVM_FLEET_FULL && sum->pairs[CVM_FLEET_FULL] > 0) {
        cvm_html_text_format(html, _("%1$u of %2$u full"), sum->pairs[CVM_FLEET_FULL], total);
    } else if (sum->limit.pool) {
        g_autofree char *resource = cvm_board_resource(sum->limit);

        cvm_html_text(html, resource);
    }
    cvm_html_end(html);
}

/* ---- what it tells on hover and focus ---- */

static void
write_room(struct cvm_board *board, const struct cvm_board_sum *sum)
{
    struct cvm_html *html = &board->html;

    if (sum->most == CVM_BOARD_NO_LIMIT) {
        cvm_html_text(html, _("Nothing that the record tells of ends the number of guests."));
    } else if (sum->least != sum->most) {
        cvm_html_text_format(html,
                             _("Room for %1$llu to %2$llu more guests, each profile by itself."),
                             (unsigned long long)sum->least, (unsigned long long)sum->most);
    } else {
        cvm_html_text_format(html,
                             ngettext_("Room for %llu more guest.", "Room for %llu more guests.",
                                       (unsigned long)sum->most),
                             (unsigned long long)sum->most);
    }
}

static void
write_verdict(struct cvm_board *board, const struct cvm_board_sum *sum)
{
    struct cvm_html *html = &board->html;

    cvm_html_start(html, "p", NULL);
    if (sum->state > CVM_FLEET_FULL) {
        write_room(board, sum);
    } else {
        cvm_html_text(html, sum->state == CVM_FLEET_FULL
                                ? _("It could run here, but there is no room.")
                                : _("It cannot run here."));
    }
    if (sum->limit.pool && sum->state != CVM_FLEET_CANNOT) {
        g_autofree char *resource = cvm_board_resource(sum->limit);

        cvm_html_text(html, " ");
        cvm_html_text_format(
            html, sum->state == CVM_FLEET_FULL ? _("Used up: %s.") : _("Runs out first: %s."),
            resource);
    }
    if (sum->placed > 0) {
        cvm_html_text(html, " ");
        cvm_html_text_format(html,
                             ngettext_("The placement takes some of it for %u guest.",
                                       "The placement takes some of it for %u guests.",
                                       sum->placed),
                             sum->placed);
    }
    if (sum->assumed) {
        cvm_html_text(html, " ");
        cvm_html_text(html, _("The record does not tell of all that it needs, so there may be "
                              "room for fewer."));
    }
    cvm_html_end(html);
}

/* Those that decide; of the rest so many as there are. */
static void
write_reasons(struct cvm_board *board, const struct cvm_fleet_reasons *reasons, gboolean brief)
{
    struct cvm_html *html = &board->html;
    unsigned shown = 0;

    while (shown < reasons->count && reasons->items[shown].severity == reasons->items[0].severity) {
        shown++;
    }
    if (shown == 0) {
        return;
    }
    cvm_html_start(html, "ul", NULL);
    for (unsigned i = 0; i < shown; i++) {
        const struct cvm_fleet_reason *reason = &reasons->items[i];

        cvm_html_start(html, "li", NULL);
        cvm_html_element(html, "b", NULL, reason->rule);
        cvm_html_text(html, " ");
        cvm_html_text(html, brief ? reason->name : reason->message);
        if (!brief && reason->fix) {
            cvm_html_text(html, " ");
            cvm_html_element(html, "i", NULL, reason->fix);
        }
        cvm_html_end(html);
    }
    if (shown < reasons->count) {
        unsigned more = reasons->count - shown;

        cvm_html_start(html, "li", NULL);
        cvm_html_text_format(html, ngettext_("and %u less severe", "and %u less severe", more),
                             more);
        cvm_html_end(html);
    }
    cvm_html_end(html);
}

/* ---- cells ---- */

/* tip: the id of what describes it; NULL for a cell of which there are so many that browsers take
 * seconds to tell descriptions apart (Chromium 156, when it prints or reads aloud): there the tip
 * follows the link. */
static void
write_link(struct cvm_board *board, const struct cvm_board_sum *sum,
           const struct cvm_fleet_reasons *reasons, unsigned row, const char *tip)
{
    struct cvm_html *html = &board->html;

    cvm_html_start(html, "a", NULL);
    if (reasons->count > 0) {
        cvm_html_attribute_format(html, "href", "#why-%u",
                                  cvm_board_find_why(board, &reasons->items[0])->id);
    } else {
        cvm_html_attribute_format(html, "href", "#host-%u", row);
    }
    if (tip) {
        cvm_html_attribute(html, "aria-describedby", tip);
    }
    cvm_board_write_icon(board, cvm_board_state_class(sum->state));
    cvm_html_start(html, "span", "vh");
    cvm_html_text_format(html, "%s ", cvm_board_state(sum->state));
    cvm_html_end(html);
    if (sum->state > CVM_FLEET_FULL) {
        write_number(board, sum);
    }
    write_note(board, sum, reasons);
    cvm_html_end(html);
}

/* member: one host of the row's, G_MAXUINT for all of them. */
static void
write_cell(struct cvm_board *board, unsigned row, unsigned column, unsigned member)
{
    gboolean alone = member != G_MAXUINT;
    gboolean brief = alone || board->rows.count * board->columns.count > CVM_BOARD_FULL_TIPS;
    struct cvm_board_group *profiles = &board->columns.items[column];
    struct cvm_board_group one = { .members = &member, .count = 1 };
    struct cvm_board_group *hosts = alone ? &one : &board->rows.items[row];
    const struct cvm_fleet_reasons *reasons =
        cvm_fleet_reasons(board->fleet, profiles->first, board->rows.items[row].first);
    struct cvm_board_sum sum = cvm_board_sum(board, hosts, profiles);
    g_autofree char *tip = brief ? NULL : g_strdup_printf("t-%u-%u", row, column);
    struct cvm_html *html = &board->html;

    sum.placed = alone ? 0 : board->placed[(size_t)row * board->columns.count + column];
    cvm_html_start(html, "td", cvm_board_state_class(sum.state));
    write_link(board, &sum, reasons, row, tip);
    cvm_html_start(html, "div", "tip");
    cvm_html_attribute(html, "role", "tooltip");
    if (tip) {
        cvm_html_attribute(html, "id", tip);
    }
    cvm_html_start(html, "p", "who");
    cvm_board_write_icon(board, cvm_board_state_class(sum.state));
    cvm_board_write_names(board, board->profile_names, profiles, 1);
    cvm_html_text(html, " · ");
    cvm_board_write_names(board, board->host_names, hosts, 1);
    cvm_html_end(html);
    write_verdict(board, &sum);
    write_reasons(board, reasons, brief);
    cvm_html_end_many(html, 2);
}

static void
write_row(struct cvm_board *board, unsigned row)
{
    const struct cvm_board_group *group = &board->rows.items[row];
    struct cvm_html *html = &board->html;

    cvm_html_start(html, "tbody", NULL);
    cvm_html_start(html, "tr", NULL);
    cvm_board_write_row_heading(board, group, group->listed);
    for (unsigned c = 0; c < board->columns.count; c++) {
        write_cell(board, row, c, G_MAXUINT);
    }
    cvm_html_end(html);
    for (unsigned i = 0; group->listed && i < group->count; i++) {
        cvm_html_start(html, "tr", "member");
        cvm_board_write_member_heading(board, group->members[i]);
        for (unsigned c = 0; c < board->columns.count; c++) {
            write_cell(board, row, c, group->members[i]);
        }
        cvm_html_end(html);
    }
    cvm_html_end(html);
}

/* ---- around it ---- */

static void
write_legend(struct cvm_board *board)
{
    struct cvm_html *html = &board->html;

    cvm_html_start(html, "ul", "legend");
    for (int state = CVM_FLEET_RUNS; state >= CVM_FLEET_CANNOT; state--) {
        cvm_html_start(html, "li", cvm_board_state_class(state));
        cvm_board_write_icon(board, cvm_board_state_class(state));
        cvm_html_text(html, cvm_board_state(state));
        cvm_html_end(html);
    }
    cvm_html_element(html, "li", NULL, _("number: so many more guests, each profile by itself"));
    if (board->fleet->n_shares > 0) {
        cvm_html_element(html, "li", NULL, _("placed: by the placement, and still in the number"));
    }
    cvm_html_element(html, "li", NULL, _("≤: or fewer, since the record does not tell all"));
    cvm_html_element(html, "li", NULL, _("∞: no limit is known"));
    cvm_html_end(html);
}

static void
write_left_out(struct cvm_board *board)
{
    unsigned hosts = board->rows.left_out, profiles = board->columns.left_out;
    struct cvm_html *html = &board->html;

    if (hosts > 0 || profiles > 0) {
        cvm_html_start(html, "p", "left-out");
        cvm_board_write_icon(board, "warned");
        cvm_html_text_format(
            html,
            _("Not shown, so that this page stays readable: %1$u of %2$u hosts, %3$u of %4$u "
              "profiles; those that run on the fewest, and carry the fewest, are. "
              "\"cvmdom fleet --format json\" writes all of them."),
            hosts, board->fleet->n_hosts, profiles, board->fleet->n_profiles);
        cvm_html_end(html);
    }
}

void
cvm_board_write_matrix(struct cvm_board *board)
{
    struct cvm_html *html = &board->html;

    cvm_board_write_section(board, "matrix", _("What runs where"));
    cvm_html_element(html, "p", "lead",
                     _("Rows are hosts, columns are profiles. A cell tells for how many more "
                       "guests there is room, and leads to the reasons."));
    write_legend(board);
    write_left_out(board);
    cvm_html_start(html, "div", "scroll");
    cvm_html_attribute(html, "role", "region");
    cvm_html_attribute(html, "aria-labelledby", "matrix");
    cvm_html_attribute(html, "tabindex", "0");
    cvm_html_start(html, "table", board->columns.count > CVM_BOARD_DENSE ? "grid dense" : "grid");
    cvm_html_element(html, "caption", "vh", _("What runs where"));
    write_head(board);
    for (unsigned r = 0; r < board->rows.count; r++) {
        write_row(board, r);
    }
    cvm_html_end_many(html, 2);
    cvm_html_start(html, "p", "dock");
    cvm_html_attribute(html, "aria-hidden", "true");
    cvm_html_text(html, _("Point at a cell, or go to it with the Tab key, to read here what limits "
                          "the guests or why there can be none."));
    cvm_html_end_many(html, 2);
}
