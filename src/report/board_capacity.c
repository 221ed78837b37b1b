/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What hosts have of each resource, and what of it is taken: a bar a pool. */
#include <string.h>

#include "report/board.h"
#include "util/i18n.h"

/* Pools of one resource and page size, on whatever node, are a column. */
struct column {
    enum cvm_fleet_resource resource;
    uint64_t page;
    struct cvm_board_pool pool; /* one of them, for its name */
};

static gboolean
is_of(const struct cvm_fleet_pool *pool, const struct column *column)
{
    return pool->resource == column->resource && pool->page == column->page;
}

static int
compare_columns(const void *a, const void *b)
{
    const struct column *one = a, *other = b;

    if (one->resource != other->resource) {
        return one->resource < other->resource ? -1 : 1;
    }
    return one->page < other->page ? -1 : one->page > other->page;
}

static void
add_column(GArray *columns, const struct cvm_fleet_host *host, const struct cvm_fleet_pool *pool)
{
    struct column column = { pool->resource, pool->page, { host, pool } };

    for (guint i = 0; i < columns->len; i++) {
        struct column *known = &g_array_index(columns, struct column, i);

        if (is_of(pool, known)) {
            cvm_board_note_pool(&known->pool, host, pool);
            return;
        }
    }
    g_array_append_val(columns, column);
}

static GArray *
list_columns(const struct cvm_fleet *fleet)
{
    GArray *columns = g_array_new(FALSE, FALSE, sizeof(struct column));

    for (unsigned i = 0; i < fleet->n_hosts; i++) {
        for (unsigned p = 0; p < fleet->hosts[i].n_pools; p++) {
            add_column(columns, &fleet->hosts[i], &fleet->hosts[i].pools[p]);
        }
    }
    g_array_sort(columns, compare_columns);
    return columns;
}

/* ---- a bar ---- */

struct amounts {
    uint64_t total, used, planned;
    unsigned unknown, unsure, pools;
};

static void
add_pool(struct amounts *amounts, const struct cvm_fleet_pool *pool)
{
    amounts->pools++;
    amounts->unknown += !pool->known;
    amounts->unsure += pool->known && pool->unsure;
    amounts->total += pool->known ? pool->total : 0;
    amounts->used += pool->known ? pool->used : 0;
    amounts->planned += pool->known ? pool->planned : 0;
}

/* What is taken may be more than there is: somebody put more vCPUs on a host than it is to carry.
 */
static uint64_t
subtract(uint64_t from, uint64_t amount)
{
    return from > amount ? from - amount : 0;
}

static void
write_part(struct cvm_html *html, const char *kind, double from, double width)
{
    if (width <= 0) {
        return;
    }
    cvm_html_start(html, "rect", kind);
    cvm_html_attribute_format(html, "x", "%d.%02d%%", (int)from, (int)(from * 100) % 100);
    cvm_html_attribute_format(html, "width", "%d.%02d%%", (int)width, (int)(width * 100) % 100);
    cvm_html_attribute(html, "height", "100%");
    cvm_html_end(html);
}

static void
write_bar(struct cvm_html *html, const struct amounts *amounts)
{
    double total = (double)amounts->total;
    double used = total > 0 ? MIN(100, 100 * ((double)amounts->used / total)) : 0;
    double planned = total > 0 ? MIN(100 - used, 100 * ((double)amounts->planned / total)) : 0;

    cvm_html_start(html, "svg", amounts->unknown == amounts->pools ? "bar unknown" : "bar");
    cvm_html_attribute(html, "aria-hidden", "true");
    write_part(html, "used", 0, used);
    write_part(html, "planned", used, planned);
    cvm_html_end(html);
}

/* ---- and its numbers ---- */

static void
write_taken(struct cvm_html *html, enum cvm_fleet_resource resource, const struct amounts *amounts)
{
    g_autofree char *used = cvm_board_amount(resource, amounts->used);
    g_autofree char *planned = cvm_board_amount(resource, amounts->planned);

    if (amounts->used == 0 && amounts->planned == 0) {
        return;
    }
    cvm_html_start(html, "span", "sub");
    if (amounts->used > 0) {
        cvm_html_text_format(html, _("%s used"), used);
    }
    if (amounts->planned > 0) {
        cvm_html_text(html, amounts->used > 0 ? ", " : "");
        cvm_html_text_format(html, _("%s planned"), planned);
    }
    cvm_html_end(html);
}

/* "node 1: ", "nodes 0, 2: "; nothing for what all nodes have. */
static void
write_nodes(struct cvm_html *html, uint64_t nodes)
{
    g_autoptr(GString) ids = g_string_new(NULL);
    unsigned count = 0;

    if (nodes == CVM_FLEET_ALL_NODES) {
        return;
    }
    for (unsigned node = 0; node < 64; node++) {
        if (nodes >> node & 1) {
            g_string_append_printf(ids, "%s%u", count++ ? ", " : "", node);
        }
    }
    cvm_html_start(html, "span", "muted");
    cvm_html_text_format(html, ngettext_("node %s: ", "nodes %s: ", count), ids->str);
    cvm_html_end(html);
}

static void
write_free(struct cvm_html *html, enum cvm_fleet_resource resource, uint64_t nodes,
           const struct amounts *amounts)
{
    uint64_t left = subtract(subtract(amounts->total, amounts->used), amounts->planned);
    uint64_t taken = amounts->used + amounts->planned;
    g_autofree char *free_text = cvm_board_amount(resource, left);
    g_autofree char *total = cvm_board_amount(resource, amounts->total);

    cvm_html_start(html, "span", left == 0 ? "free none" : "free");
    cvm_html_attribute_format(html, "title",
                              _("exactly: total %1$llu, used %2$llu, planned %3$llu"),
                              (unsigned long long)amounts->total, (unsigned long long)amounts->used,
                              (unsigned long long)amounts->planned);
    write_nodes(html, nodes);
    if (amounts->total == 0) {
        cvm_html_text(html, _("none"));
    } else if (taken > amounts->total) {
        g_autofree char *over = cvm_board_amount(resource, taken - amounts->total);

        cvm_html_text_format(html, _("%1$s more than there are: %2$s"), over, total);
    } else {
        cvm_html_text_format(html, _("%1$s of %2$s free"), free_text, total);
    }
    cvm_html_end(html);
}

static void
write_doubts(struct cvm_html *html, const struct amounts *amounts)
{
    if (amounts->unknown > 0) {
        cvm_html_start(html, "span", "sub");
        cvm_html_text_format(
            html, ngettext_("%u host not recorded", "%u hosts not recorded", amounts->unknown),
            amounts->unknown);
        cvm_html_end(html);
    }
    if (amounts->unsure > 0) {
        cvm_html_element(html, "span", "sub",
                         amounts->unsure == amounts->pools
                             ? _("what is used is not recorded")
                             : _("what is used is not recorded of all"));
    }
}

static void
write_amounts(struct cvm_html *html, enum cvm_fleet_resource resource, uint64_t nodes,
              const struct amounts *amounts)
{
    write_bar(html, amounts);
    if (amounts->unknown == amounts->pools) {
        cvm_html_start(html, "span", "free");
        write_nodes(html, nodes);
        cvm_html_text(html, _("not recorded"));
        cvm_html_end(html);
        return;
    }
    write_free(html, resource, nodes, amounts);
    write_taken(html, resource, amounts);
    write_doubts(html, amounts);
}

/* ---- cells ---- */

static struct amounts
sum_pools(const struct cvm_board *board, const struct cvm_board_group *hosts,
          const struct column *column)
{
    struct amounts amounts = { 0 };

    for (unsigned i = 0; i < hosts->count; i++) {
        const struct cvm_fleet_host *host = &board->fleet->hosts[hosts->members[i]];

        for (unsigned p = 0; p < host->n_pools; p++) {
            if (is_of(&host->pools[p], column) && host->pools[p].nodes == CVM_FLEET_ALL_NODES) {
                add_pool(&amounts, &host->pools[p]);
            }
        }
    }
    return amounts;
}

/* Pools of nodes overlap with that of all of them, which is to be read first. */
static void
write_pools(struct cvm_html *html, const struct cvm_fleet_host *host, const struct column *column,
            gboolean all)
{
    for (unsigned p = 0; p < host->n_pools; p++) {
        const struct cvm_fleet_pool *pool = &host->pools[p];
        struct amounts amounts = { 0 };

        if (is_of(pool, column) && (pool->nodes == CVM_FLEET_ALL_NODES) == all) {
            add_pool(&amounts, pool);
            cvm_html_start(html, "div", all ? NULL : "node");
            write_amounts(html, pool->resource, pool->nodes, &amounts);
            cvm_html_end(html);
        }
    }
}

static void
write_cell(struct cvm_board *board, const struct cvm_board_group *hosts,
           const struct column *column)
{
    struct amounts amounts = sum_pools(board, hosts, column);
    struct cvm_html *html = &board->html;

    cvm_html_start(html, "td", NULL);
    if (amounts.pools == 0) {
        cvm_html_element(html, "span", "sub", _("none"));
    } else if (hosts->count == 1) {
        write_pools(html, &board->fleet->hosts[hosts->members[0]], column, TRUE);
        write_pools(html, &board->fleet->hosts[hosts->members[0]], column, FALSE);
    } else {
        write_amounts(html, column->resource, CVM_FLEET_ALL_NODES, &amounts);
    }
    cvm_html_end(html);
}

/* ---- rows ---- */

static void
write_cells(struct cvm_board *board, const struct cvm_board_group *hosts, const GArray *columns)
{
    for (guint i = 0; i < columns->len; i++) {
        write_cell(board, hosts, &g_array_index(columns, struct column, i));
    }
    cvm_html_end(&board->html);
}

/* left: hosts that may still have a row of their own. */
static void
write_row(struct cvm_board *board, unsigned row, const GArray *columns, unsigned *left)
{
    struct cvm_board_group *group = &board->rows.items[row];
    gboolean listed = group->count > 1 && group->count <= *left;
    struct cvm_html *html = &board->html;

    cvm_html_start(html, "tbody", NULL);
    cvm_html_attribute_format(html, "id", "host-%u", row);
    cvm_html_start(html, "tr", NULL);
    cvm_board_write_row_heading(board, group, listed);
    write_cells(board, group, columns);
    for (unsigned i = 0; listed && i < group->count; i++) {
        struct cvm_board_group one = { .members = &group->members[i], .count = 1 };

        cvm_html_start(html, "tr", "member");
        cvm_board_write_member_heading(board, group->members[i]);
        write_cells(board, &one, columns);
    }
    *left -= listed ? group->count : 0;
    cvm_html_end(html);
}

static void
write_legend(struct cvm_html *html)
{
    static const struct {
        const char *class, *text;
    } parts[] = {
        { "used", N_("used by what runs there already") },
        { "planned", N_("planned by the placement") },
        { "left", N_("free") },
        { "unknown", N_("not recorded: nothing is promised") },
    };

    cvm_html_start(html, "ul", "legend");
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        cvm_html_start(html, "li", NULL);
        cvm_html_start(html, "svg", i == 3 ? "bar unknown" : "bar");
        cvm_html_attribute(html, "aria-hidden", "true");
        write_part(html, parts[i].class, 0, i < 2 ? 100 : 0);
        cvm_html_end(html);
        cvm_html_text(html, _(parts[i].text));
        cvm_html_end(html);
    }
    cvm_html_end(html);
}

static void
write_head(struct cvm_board *board, const GArray *columns)
{
    struct cvm_html *html = &board->html;

    cvm_html_start(html, "thead", NULL);
    cvm_html_start(html, "tr", NULL);
    cvm_html_start(html, "th", NULL);
    cvm_html_attribute(html, "scope", "col");
    cvm_html_text(html, _("Host"));
    cvm_html_end(html);
    for (guint i = 0; i < columns->len; i++) {
        g_autofree char *name = cvm_board_resource(g_array_index(columns, struct column, i).pool);

        cvm_html_start(html, "th", NULL);
        cvm_html_attribute(html, "scope", "col");
        cvm_html_text(html, name);
        cvm_html_end(html);
    }
    cvm_html_end_many(html, 2);
}

void
cvm_board_write_capacity(struct cvm_board *board)
{
    g_autoptr(GArray) columns = list_columns(board->fleet);
    struct cvm_html *html = &board->html;
    unsigned left = CVM_BOARD_HOSTS;

    cvm_board_write_section(board, "capacity", _("What each host has"));
    write_legend(html);
    cvm_html_start(html, "p", "lead");
    cvm_html_text_format(
        html,
        _("What is free of each resource, by host; hosts that are alike are added up. In use are "
          "ASIDs and huge pages, as recorded; memory and CPUs are counted as if nothing ran yet, "
          "and vCPUs with %g to a CPU."),
        board->fleet->vcpus_per_cpu);
    cvm_html_end(html);
    cvm_html_start(html, "div", "scroll");
    cvm_html_attribute(html, "role", "region");
    cvm_html_attribute(html, "aria-labelledby", "capacity");
    cvm_html_attribute(html, "tabindex", "0");
    cvm_html_start(html, "table", "pools");
    cvm_html_element(html, "caption", "vh", _("What each host has"));
    write_head(board, columns);
    for (unsigned row = 0; row < board->rows.count; row++) {
        write_row(board, row, columns, &left);
    }
    cvm_html_end_many(html, 3);
}
