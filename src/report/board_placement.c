/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The placement: which guests go on which host. */
#include "report/board.h"
#include "util/i18n.h"

static unsigned
count_hosts(const struct cvm_fleet *fleet)
{
    unsigned hosts = 0;

    for (unsigned i = 0; i < fleet->n_shares; i++) {
        hosts += i == 0 || fleet->shares[i].host != fleet->shares[i - 1].host;
    }
    return hosts;
}

/* Returns the first share of the next host. */
static unsigned
write_host(struct cvm_board *board, unsigned first)
{
    const struct cvm_fleet *fleet = board->fleet;
    unsigned host = fleet->shares[first].host, i;
    struct cvm_html *html = &board->html;

    cvm_html_start(html, "tr", NULL);
    cvm_board_write_member_heading(board, host);
    cvm_html_start(html, "td", NULL);
    cvm_html_start(html, "ul", "guests");
    for (i = first; i < fleet->n_shares && fleet->shares[i].host == host; i++) {
        cvm_html_start(html, "li", NULL);
        cvm_html_start(html, "b", NULL);
        cvm_html_text_format(html, "%u", fleet->shares[i].guests);
        cvm_html_end(html);
        cvm_html_text(html, " × ");
        cvm_html_name(html, board->profile_names[fleet->shares[i].profile]);
        cvm_html_end(html);
    }
    cvm_html_end_many(html, 3);
    return i;
}

static void
write_table(struct cvm_board *board)
{
    struct cvm_html *html = &board->html;

    cvm_html_start(html, "table", "placement");
    cvm_html_element(html, "caption", "vh", _("Where the guests go"));
    cvm_html_start(html, "thead", NULL);
    cvm_html_start(html, "tr", NULL);
    cvm_html_start(html, "th", NULL);
    cvm_html_attribute(html, "scope", "col");
    cvm_html_text(html, _("Host"));
    cvm_html_end(html);
    cvm_html_start(html, "th", NULL);
    cvm_html_attribute(html, "scope", "col");
    cvm_html_text(html, _("Guests"));
    cvm_html_end_many(html, 3);
    cvm_html_start(html, "tbody", NULL);
    for (unsigned i = 0, hosts = 0; i < board->fleet->n_shares && hosts < CVM_BOARD_HOSTS;
         hosts++) {
        i = write_host(board, i);
    }
    cvm_html_end_many(html, 2);
}

void
cvm_board_write_placement(struct cvm_board *board)
{
    unsigned hosts = count_hosts(board->fleet);
    struct cvm_html *html = &board->html;

    if (hosts == 0) {
        return;
    }
    cvm_board_write_section(board, "placement", _("Where the guests go"));
    cvm_html_element(html, "p", "lead",
                     _("So many guests of each profile go on each host; hosts without one are left "
                       "out."));
    if (hosts > CVM_BOARD_HOSTS) {
        cvm_html_start(html, "p", "left-out");
        cvm_board_write_icon(board, "warned");
        cvm_html_text_format(html,
                             _("The first %1$u of %2$u hosts are shown; \"cvmdom fleet --format "
                               "json\" writes all of them."),
                             (unsigned)CVM_BOARD_HOSTS, hosts);
        cvm_html_end(html);
    }
    if (hosts > CVM_BOARD_OPEN) {
        cvm_html_start(html, "details", NULL);
        cvm_html_start(html, "summary", NULL);
        cvm_html_text_format(html, ngettext_("%u host", "%u hosts", hosts), hosts);
        cvm_html_end(html);
    }
    write_table(board);
    cvm_html_end_many(html, hosts > CVM_BOARD_OPEN ? 2 : 1);
}
