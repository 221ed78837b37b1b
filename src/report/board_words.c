/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words and numbers of a fleet's page. */
#include "report/board.h"
#include "util/i18n.h"

char *
cvm_board_size(uint64_t bytes)
{
    static const struct {
        unsigned shift;
        const char *unit;
    } units[] = { { 40, "TiB" }, { 30, "GiB" }, { 20, "MiB" }, { 10, "KiB" } };
    enum { WIDE = 4 }; /* 4 TiB and more are TiB; 512 GiB are not 0.5 TiB */

    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        uint64_t unit = UINT64_C(1) << units[i].shift;

        if (bytes >= (i == 0 ? WIDE * unit : unit)) {
            uint64_t tenths = bytes / unit * 10 + bytes % unit * 10 / unit;

            return tenths % 10
                       ? g_strdup_printf("%.1f %s", (double)tenths / 10, units[i].unit)
                       : g_strdup_printf("%" G_GUINT64_FORMAT " %s", tenths / 10, units[i].unit);
        }
    }
    return g_strdup_printf("%" G_GUINT64_FORMAT " B", bytes);
}

static gboolean
is_bytes(enum cvm_fleet_resource resource)
{
    return resource == CVM_FLEET_MEMORY || resource == CVM_FLEET_HUGEPAGES;
}

char *
cvm_board_amount(enum cvm_fleet_resource resource, uint64_t amount)
{
    return is_bytes(resource) ? cvm_board_size(amount)
                              : g_strdup_printf("%" G_GUINT64_FORMAT, amount);
}

/* Where the host does not divide them, SEV-SNP guests take those of SEV-ES. */
static gboolean
shares_asids(const struct cvm_fleet_host *host, const struct cvm_fleet_pool *pool)
{
    if (pool->resource != CVM_FLEET_ASIDS_ES) {
        return FALSE;
    }
    for (unsigned i = 0; i < host->n_pools; i++) {
        if (host->pools[i].resource == CVM_FLEET_ASIDS_SNP) {
            return FALSE;
        }
    }
    return TRUE;
}

void
cvm_board_note_pool(struct cvm_board_pool *noted, const struct cvm_fleet_host *host,
                    const struct cvm_fleet_pool *pool)
{
    if (!noted->pool || (shares_asids(host, pool) && !shares_asids(noted->host, noted->pool))) {
        noted->host = host;
        noted->pool = pool;
    }
}

char *
cvm_board_resource(struct cvm_board_pool noted)
{
    const struct cvm_fleet_pool *pool = noted.pool;
    static const char *const names[] = {
        [CVM_FLEET_ASIDS_SEV] = N_("ASIDs for SEV"),
        [CVM_FLEET_ASIDS_ES] = N_("ASIDs for SEV-ES"),
        [CVM_FLEET_ASIDS_SNP] = N_("ASIDs for SEV-SNP"),
        [CVM_FLEET_MEMORY] = N_("Memory"),
        [CVM_FLEET_VCPUS] = N_("vCPUs"),
    };

    if (pool->resource == CVM_FLEET_HUGEPAGES) {
        g_autofree char *size = cvm_board_size(pool->page);

        return g_strdup_printf(_("%s pages"), size);
    }
    if (shares_asids(noted.host, pool)) {
        return g_strdup(_("ASIDs for SEV-ES and SEV-SNP"));
    }
    return g_strdup(_(names[pool->resource]));
}

static const struct {
    const char *word, *class;
} states[] = {
    [CVM_FLEET_CANNOT] = { N_("cannot run"), "cannot" },
    [CVM_FLEET_FULL] = { N_("no room"), "full" },
    [CVM_FLEET_WARNED] = { N_("runs, with a warning"), "warned" },
    [CVM_FLEET_RUNS] = { N_("runs"), "runs" },
};

const char *
cvm_board_state(enum cvm_fleet_state state)
{
    return _(states[state].word);
}

const char *
cvm_board_state_class(enum cvm_fleet_state state)
{
    return states[state].class;
}

void
cvm_board_write_icon(struct cvm_board *board, const char *name)
{
    cvm_html_start(&board->html, "svg", "icon");
    cvm_html_attribute(&board->html, "aria-hidden", "true");
    cvm_html_start(&board->html, "use", NULL);
    cvm_html_attribute_format(&board->html, "href", "#%s", name);
    cvm_html_end_many(&board->html, 2);
}

void
cvm_board_write_section(struct cvm_board *board, const char *id, const char *title)
{
    cvm_html_start(&board->html, "section", id);
    cvm_html_attribute_format(&board->html, "aria-labelledby", "%s", id);
    cvm_html_start(&board->html, "h2", NULL);
    cvm_html_attribute(&board->html, "id", id);
    cvm_html_text(&board->html, title);
    cvm_html_end(&board->html);
}

void
cvm_board_write_names(struct cvm_board *board, const char *const *names,
                      const struct cvm_board_group *group, unsigned most)
{
    struct cvm_html *html = &board->html;
    unsigned shown = MIN(group->count, most);

    for (unsigned i = 0; i < shown; i++) {
        if (i > 0) {
            cvm_html_text(html, ", ");
        }
        cvm_html_name(html, names[group->members[i]]);
    }
    if (shown < group->count) {
        unsigned more = group->count - shown;

        cvm_html_text(html, " ");
        cvm_html_start(html, "span", "more");
        cvm_html_text_format(html, ngettext_("and %u more", "and %u more", more), more);
        cvm_html_end(html);
    }
}

/* ---- rows of a table that speak of many hosts ---- */

static void
start_row_heading(struct cvm_board *board, unsigned host)
{
    enum { SHORT = 20 }; /* characters that stay on one line */
    gboolean is_short = g_utf8_strlen(board->host_names[host], -1) <= SHORT;

    cvm_html_start(&board->html, "th", is_short ? "short" : NULL);
    cvm_html_attribute(&board->html, "scope", "row");
}

void
cvm_board_write_row_heading(struct cvm_board *board, const struct cvm_board_group *group,
                            gboolean opens)
{
    const struct cvm_fleet_host *first = &board->fleet->hosts[group->first];
    struct cvm_html *html = &board->html;

    start_row_heading(board, group->first);
    if (opens) {
        cvm_html_start(html, "details", NULL);
        cvm_html_start(html, "summary", NULL);
    }
    cvm_board_write_names(board, board->host_names, group, 1);
    if (opens) {
        cvm_html_end(html);
        cvm_html_element(html, "span", "vh", _("Each host has a row of its own below."));
        cvm_html_end(html);
    }
    if (first->processor) {
        g_autofree char *processor = cvm_board_processor(first->processor);

        cvm_html_start(html, "span", "sub");
        cvm_html_attribute(html, "title", first->processor);
        cvm_html_name(html, processor);
        cvm_html_end(html);
    }
    cvm_html_end(html);
}

void
cvm_board_write_member_heading(struct cvm_board *board, unsigned host)
{
    start_row_heading(board, host);
    cvm_html_name(&board->html, board->host_names[host]);
    cvm_html_end(&board->html);
}

/* What all of them are called alike is left out: "EPYC 9654" of "AMD EPYC 9654 96-Core Processor".
 */
char *
cvm_board_processor(const char *name)
{
    g_autoptr(GRegex) common =
        g_regex_new("^AMD |( [0-9]+-Core)? Processor$|\\((R|TM)\\)| CPU @ .*$", 0, 0, NULL);
    g_autofree char *valid = g_utf8_make_valid(name, -1);
    char *shorter = g_regex_replace_literal(common, valid, -1, 0, "", 0, NULL);

    /* cppcheck-suppress memleak ; it is returned */
    return shorter ? shorter : g_steal_pointer(&valid);
}
