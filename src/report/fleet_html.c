/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A fleet's page: its frame, and what is to be known first. */
#include "report/board.h"
#include "report/fleet.h"
#include "util/i18n.h"

/* The icons, which cells refer to: none of them needs its colour to be told from the others. */
static const char symbols[] =
    "<svg class='symbols' aria-hidden='true' width='0' height='0'>"
    "<symbol id='runs' viewBox='0 0 16 16'><path d='M2.5 8.5l3.5 3.5 7.5-8' fill='none' "
    "stroke='currentColor' stroke-width='2.2' stroke-linecap='round' stroke-linejoin='round'/>"
    "</symbol>"
    "<symbol id='warned' viewBox='0 0 16 16'><path d='M8 1.8l6.7 12.4H1.3z' fill='none' "
    "stroke='currentColor' stroke-width='1.7' stroke-linejoin='round'/><path d='M8 6v4' "
    "stroke='currentColor' stroke-width='1.8' stroke-linecap='round'/><circle cx='8' cy='12' r='1' "
    "fill='currentColor'/></symbol>"
    "<symbol id='full' viewBox='0 0 16 16'><rect x='2' y='2' width='12' height='12' rx='2' "
    "fill='none' stroke='currentColor' stroke-width='1.7'/><path d='M4.8 6h6.4M4.8 10h6.4' "
    "stroke='currentColor' stroke-width='2.6'/></symbol>"
    "<symbol id='cannot' viewBox='0 0 16 16'><path d='M3.5 3.5l9 9M12.5 3.5l-9 9' "
    "stroke='currentColor' stroke-width='2.4' stroke-linecap='round'/></symbol>"
    "<symbol id='info' viewBox='0 0 16 16'><circle cx='8' cy='8' r='6.3' fill='none' "
    "stroke='currentColor' stroke-width='1.6'/><path d='M8 7.4v4' stroke='currentColor' "
    "stroke-width='1.8' stroke-linecap='round'/><circle cx='8' cy='4.7' r='1' "
    "fill='currentColor'/></symbol>"
    "<defs><pattern id='hatch' width='5' height='5' patternUnits='userSpaceOnUse' "
    "patternTransform='rotate(45)'><rect width='5' height='5' class='hatch-back'/><rect "
    "width='2.2' height='5' class='hatch-line'/></pattern></defs></svg>\n";

/* ---- head ---- */

static void
write_policy(struct cvm_html *html)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[32];
    gsize length = sizeof digest;
    g_autofree char *hash = NULL;

    g_checksum_update(checksum, (const guchar *)cvm_board_style(), -1);
    g_checksum_get_digest(checksum, digest, &length);
    hash = g_base64_encode(digest, length);
    cvm_html_start(html, "meta", NULL);
    cvm_html_attribute(html, "http-equiv", "Content-Security-Policy");
    cvm_html_attribute_format(html, "content",
                              "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; "
                              "form-action 'none'",
                              hash);
    cvm_html_end(html);
}

static void
write_meta(struct cvm_html *html, const char *name, const char *content)
{
    cvm_html_start(html, "meta", NULL);
    cvm_html_attribute(html, "name", name);
    cvm_html_attribute(html, "content", content);
    cvm_html_end(html);
}

static char *
make_title(const struct cvm_fleet *fleet)
{
    g_autofree char *profiles = g_strdup_printf(
        ngettext_("%u profile", "%u profiles", fleet->n_profiles), fleet->n_profiles);
    g_autofree char *hosts =
        g_strdup_printf(ngettext_("%u host", "%u hosts", fleet->n_hosts), fleet->n_hosts);

    return g_strdup_printf(_("%1$s on %2$s"), profiles, hosts);
}

static void
write_head(struct cvm_html *html, const char *title)
{
    cvm_html_start(html, "head", NULL);
    cvm_html_start(html, "meta", NULL);
    cvm_html_attribute(html, "charset", "utf-8");
    cvm_html_end(html);
    write_policy(html);
    write_meta(html, "viewport", "width=device-width, initial-scale=1");
    write_meta(html, "color-scheme", "light dark");
    write_meta(html, "referrer", "no-referrer");
    write_meta(html, "generator", PACKAGE_STRING);
    cvm_html_start(html, "title", NULL);
    cvm_html_text_format(html, _("Fleet: %s"), title);
    cvm_html_end(html);
    cvm_html_start(html, "style", NULL);
    cvm_html_raw(html, cvm_board_style());
    cvm_html_end_many(html, 2);
}

/* ---- what is to be known first ---- */

static void
write_link(struct cvm_html *html, const char *kind, const char *target, const char *text)
{
    cvm_html_start(html, "a", kind);
    cvm_html_attribute(html, "href", target);
    cvm_html_text(html, text);
    cvm_html_end(html);
}

static void
write_header(struct cvm_board *board, const char *title)
{
    struct cvm_html *html = &board->html;

    cvm_html_start(html, "header", NULL);
    cvm_html_start(html, "h1", NULL);
    cvm_html_text(html, title);
    cvm_html_end(html);
    cvm_html_start(html, "nav", NULL);
    cvm_html_attribute(html, "aria-label", _("Sections"));
    write_link(html, NULL, "#matrix", _("What runs where"));
    if (board->fleet->n_shares > 0) {
        write_link(html, NULL, "#placement", _("Where the guests go"));
    }
    write_link(html, NULL, "#capacity", _("What each host has"));
    if (board->whys->len > 0) {
        write_link(html, NULL, "#reasons", _("Reasons"));
    }
    cvm_html_end_many(html, 2);
}

/* Frees value and note. */
static void
write_fact(struct cvm_html *html, const char *name, char *value, char *note)
{
    cvm_html_start(html, "div", NULL);
    cvm_html_element(html, "dt", NULL, name);
    cvm_html_start(html, "dd", NULL);
    cvm_html_element(html, "b", NULL, value);
    cvm_html_text(html, " ");
    cvm_html_element(html, "span", "sub", note);
    cvm_html_end_many(html, 2);
    g_free(value);
    g_free(note);
}

static void
write_profiles_fact(struct cvm_board *board)
{
    const struct cvm_fleet *fleet = board->fleet;
    unsigned running = 0;

    for (unsigned i = 0; i < fleet->n_profiles; i++) {
        running += cvm_board_best(fleet, i) > CVM_FLEET_FULL;
    }
    write_fact(&board->html, _("Profiles"),
               g_strdup_printf(_("%1$u of %2$u"), running, fleet->n_profiles),
               g_strdup(_("run on a host and have room")));
}

static gboolean
takes_guests(const struct cvm_fleet *fleet, unsigned host)
{
    for (unsigned i = 0; i < fleet->n_profiles; i++) {
        if (cvm_fleet_cell(fleet, i, host)->state > CVM_FLEET_FULL) {
            return TRUE;
        }
    }
    return FALSE;
}

static void
write_hosts_fact(struct cvm_board *board)
{
    const struct cvm_fleet *fleet = board->fleet;
    unsigned taking = 0;

    for (unsigned i = 0; i < fleet->n_hosts; i++) {
        taking += takes_guests(fleet, i);
    }
    write_fact(&board->html, _("Hosts"), g_strdup_printf(_("%1$u of %2$u"), taking, fleet->n_hosts),
               g_strdup(_("have room for a guest")));
}

/* The resource that ends most pairs of a profile and a host on which it runs. */
static void
write_limit_fact(struct cvm_board *board)
{
    const struct cvm_fleet *fleet = board->fleet;
    unsigned counts[CVM_FLEET_RESOURCES] = { 0 }, runs = 0, best = 0;
    struct cvm_board_pool pools[CVM_FLEET_RESOURCES] = { 0 };

    for (unsigned p = 0; p < fleet->n_profiles; p++) {
        for (unsigned h = 0; h < fleet->n_hosts; h++) {
            const struct cvm_fleet_cell *cell = cvm_fleet_cell(fleet, p, h);
            const struct cvm_fleet_host *host = &fleet->hosts[h];

            if (cell->state != CVM_FLEET_CANNOT && cell->pool < host->n_pools) {
                const struct cvm_fleet_pool *pool = &host->pools[cell->pool];

                cvm_board_note_pool(&pools[pool->resource], host, pool);
                counts[pool->resource]++;
            }
            runs += cell->state != CVM_FLEET_CANNOT;
        }
    }
    for (unsigned i = 1; i < CVM_FLEET_RESOURCES; i++) {
        best = counts[i] > counts[best] ? i : best;
    }
    if (counts[best] > 0) {
        write_fact(
            &board->html, _("Runs out first"), cvm_board_resource(pools[best]),
            g_strdup_printf(_("in %1$u of %2$u pairs of profile and host"), counts[best], runs));
    }
}

static void
write_guests_fact(struct cvm_board *board)
{
    const struct cvm_fleet *fleet = board->fleet;
    unsigned long long wanted = 0, placed = 0;

    for (unsigned i = 0; i < fleet->n_profiles; i++) {
        wanted += fleet->profiles[i].wanted;
        placed += fleet->profiles[i].placed;
    }
    if (wanted > 0) {
        write_fact(&board->html, _("Guests"),
                   g_strdup_printf(_("%1$llu of %2$llu"), placed, wanted),
                   g_strdup(_("have a place")));
    }
}

static void
write_facts(struct cvm_board *board)
{
    cvm_html_start(&board->html, "dl", "facts");
    write_profiles_fact(board);
    write_hosts_fact(board);
    write_limit_fact(board);
    write_guests_fact(board);
    cvm_html_end(&board->html);
}

/* ---- what needs somebody ---- */

/* Profiles whose best host has them in this state. */
static void
write_nowhere(struct cvm_board *board, enum cvm_fleet_state state, const char *title)
{
    const struct cvm_fleet *fleet = board->fleet;
    g_autofree unsigned *members = g_new(unsigned, MAX(fleet->n_profiles, 1));
    struct cvm_board_group group = { .members = members };
    struct cvm_html *html = &board->html;

    for (unsigned i = 0; i < fleet->n_profiles; i++) {
        if (cvm_board_best(fleet, i) == state) {
            members[group.count++] = i;
        }
    }
    if (group.count > 0) {
        cvm_html_start(html, "p", "notice");
        cvm_board_write_icon(board, cvm_board_state_class(state));
        cvm_html_start(html, "span", NULL);
        cvm_html_element(html, "b", NULL, title);
        cvm_html_text(html, " ");
        cvm_board_write_names(board, board->profile_names, &group, CVM_BOARD_NAMES);
        cvm_html_end_many(html, 2);
    }
}

static void
write_answer(struct cvm_board *board)
{
    static const struct {
        const char *class, *title;
    } answers[] = {
        [CVM_FLEET_PLACED] = { "runs", N_("All guests have a place") },
        [CVM_FLEET_IMPOSSIBLE] = { "cannot", N_("There is no place for all guests") },
        [CVM_FLEET_UNPROVEN] = { "warned", N_("No place for all guests was found in the time, and "
                                              "none was ruled out") },
    };
    const struct cvm_fleet *fleet = board->fleet;
    struct cvm_html *html = &board->html;
    g_autofree char *kind = NULL;

    if (fleet->answer == CVM_FLEET_NOT_ASKED) {
        return;
    }
    kind = g_strdup_printf("answer %s", answers[fleet->answer].class);
    cvm_html_start(html, "section", kind);
    cvm_html_attribute(html, "aria-labelledby", "answer");
    cvm_html_start(html, "h2", NULL);
    cvm_html_attribute(html, "id", "answer");
    cvm_board_write_icon(board, answers[fleet->answer].class);
    cvm_html_text(html, _(answers[fleet->answer].title));
    cvm_html_end(html);
    if (fleet->n_obstacles > 0) {
        cvm_html_element(html, "p", NULL, _("What stands in the way, together:"));
        cvm_html_start(html, "ul", NULL);
        for (unsigned i = 0; i < fleet->n_obstacles; i++) {
            cvm_html_element(html, "li", NULL, fleet->obstacles[i].message);
        }
        cvm_html_end(html);
    }
    cvm_html_end(html);
}

static void
write_footer(struct cvm_html *html)
{
    cvm_html_start(html, "footer", NULL);
    cvm_html_element(html, "p", NULL,
                     _("Numbers are of the host records as they were read, each profile by itself: "
                       "guests of different profiles share the same room. \"cvmdom fleet --format "
                       "json\" has every pair, and exact numbers."));
    cvm_html_element(html, "p", NULL, PACKAGE_STRING);
    cvm_html_end(html);
}

static void
write_body(struct cvm_board *board, const char *title)
{
    struct cvm_html *html = &board->html;

    cvm_html_start(html, "body", NULL);
    write_link(html, "skip", "#main", _("Skip to the content"));
    cvm_html_raw(html, symbols);
    write_header(board, title);
    cvm_html_start(html, "main", NULL);
    cvm_html_attribute(html, "id", "main");
    write_answer(board);
    write_facts(board);
    write_nowhere(board, CVM_FLEET_CANNOT, _("Runs on none of the hosts:"));
    write_nowhere(board, CVM_FLEET_FULL, _("Could run, but no host has room:"));
    cvm_board_write_matrix(board);
    cvm_board_write_placement(board);
    cvm_board_write_capacity(board);
    cvm_board_write_reasons(board);
    cvm_html_end(html);
    write_footer(html);
    cvm_html_end(html);
}

void
cvm_fleet_report_html(const struct cvm_fleet *fleet, GString *out)
{
    g_autofree char *title = make_title(fleet);
    struct cvm_board board;

    cvm_board_init(&board, fleet, out);
    g_string_append(out, "<!DOCTYPE html>\n");
    cvm_html_start(&board.html, "html", NULL);
    /* TRANSLATORS: the code of the language that you translate into, such as "de". */
    cvm_html_attribute(&board.html, "lang", _("en"));
    write_head(&board.html, title);
    write_body(&board, title);
    cvm_html_end(&board.html);
    g_string_append_c(out, '\n');
    cvm_board_clear(&board);
}
