/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What guests need inside. The text is by groups, commands on lines of their own so that they can
 * be pasted; where each thing is known from stands at the end, by number. */
#include <string.h>

#include "report/guest.h"
#include "report/parts.h"
#include "util/i18n.h"

enum { FORMAT_VERSION = 1 }; /* another one where a reader of this one would go wrong */

#define MIB ((uint64_t)1 << 20)

struct page {
    const struct cvm_guest_advice *advice;
    gboolean colour;
    GString *out;
    GPtrArray *sources; /* each once, in the order of its first use; number 1 is the first */
};

/* ---- text ---- */

static void
append_heading(const struct page *page, const char *title)
{
    g_string_append_printf(page->out, "\n%s%s%s\n", page->colour ? "\033[1m" : "", title,
                           page->colour ? "\033[0m" : "");
}

static guint
number_source(const struct page *page, const char *source)
{
    guint i;

    if (!g_ptr_array_find_with_equal_func(page->sources, source, g_str_equal, &i)) {
        i = page->sources->len;
        g_ptr_array_add(page->sources, (char *)source);
    }
    return i + 1;
}

static void
append_command(const struct page *page, const char *command)
{
    g_auto(GStrv) lines = g_strsplit(command, "\n", 0);

    for (char **line = lines; *line; line++) {
        g_string_append_printf(page->out, "      %s\n", *line);
    }
}

/* "- text [3]", the command below it, and what it prints. */
static void
append_item(const struct page *page, const struct cvm_advice *item)
{
    g_autofree char *line =
        g_strdup_printf("%s [%u]", item->text, number_source(page, item->source));

    g_string_append(page->out, "- ");
    cvm_report_wrap(page->out, line, 2, 2);
    if (item->command) {
        append_command(page, item->command);
    }
    if (item->prints) {
        g_string_append_printf(page->out, "    -> %s\n", item->prints);
    }
}

static void
append_items(const struct page *page)
{
    enum cvm_advice_group group = CVM_ADVICE_GROUPS;

    for (guint i = 0; i < page->advice->items->len; i++) {
        const struct cvm_advice *item = &g_array_index(page->advice->items, struct cvm_advice, i);

        if (item->group != group) {
            group = item->group;
            append_heading(page, cvm_advice_group_title(group));
        }
        append_item(page, item);
    }
}

/* "1.5", in MiB; nothing is "-". */
static char *
format_size(uint64_t size)
{
    uint64_t tenths = (size * 10 + MIB - 1) / MIB;

    return size == 0 ? g_strdup("-")
                     : g_strdup_printf("%u.%u", (unsigned)(tenths / 10), (unsigned)(tenths % 10));
}

static void
append_use(const struct page *page, uint64_t held, uint64_t usual, uint64_t most, const char *what)
{
    g_autofree char *always = format_size(held);
    g_autofree char *ordinary = format_size(usual);
    g_autofree char *largest = format_size(most);

    g_string_append_printf(page->out, "%9s %9s %9s  ", always, ordinary, largest);
    cvm_report_wrap(page->out, what, 31, 33);
}

/* In columns as they are seen: printf counts bytes, and a translation has other letters. */
static void
append_column(const struct page *page, const char *title)
{
    unsigned width = cvm_report_width(title, strlen(title));

    g_string_append_printf(page->out, "%*s%s", width < 9 ? 9 - (int)width : 0, "", title);
}

static void
append_swiotlb(const struct page *page)
{
    const struct cvm_swiotlb *swiotlb = &page->advice->swiotlb;

    append_heading(page, _("Its bounce buffers, in MiB, device by device"));
    append_column(page, _("always"));
    g_string_append_c(page->out, ' ');
    append_column(page, _("ordinary"));
    g_string_append_c(page->out, ' ');
    append_column(page, _("at most"));
    g_string_append_c(page->out, '\n');
    for (guint i = 0; i < swiotlb->uses->len; i++) {
        const struct cvm_swiotlb_use *use =
            &g_array_index(swiotlb->uses, struct cvm_swiotlb_use, i);
        g_autofree char *line =
            g_strdup_printf("%s [%u]", use->device, number_source(page, use->source));

        append_use(page, use->held, use->held + use->usual, use->held + use->most, line);
    }
    append_use(page, swiotlb->held, swiotlb->usual, swiotlb->most, _("all of them"));
}

static void
append_sources(const struct page *page)
{
    append_heading(page, _("Known from"));
    for (guint i = 0; i < page->sources->len; i++) {
        g_autofree char *head = g_strdup_printf("[%u] ", i + 1);

        g_string_append(page->out, head);
        cvm_report_wrap(page->out, g_ptr_array_index(page->sources, i), (unsigned)strlen(head), 5);
    }
    cvm_report_wrap(page->out,
                    _("Files without a name before them are Linux's, as of 6.1.192 and 6.12.107 "
                      "unless another version is named; 'derived' is what follows from them and "
                      "stands in none."),
                    0, 0);
}

/* Of a guest that is not encrypted, or not in a way that is known here. */
static const char *
explain_none(const struct cvm_guest_advice *advice)
{
    return advice->guest == CVM_GUEST_NONE
               ? _("It is not confidential (launchSecurity: none): its kernel needs nothing "
                   "special, and whoever controls the host reads and changes its memory.")
               : _("Its launch security is of a kind that cvmdom does not know: there is no "
                   "advice.");
}

static void
append_guest(const struct cvm_guest_advice *advice, gboolean colour, GString *out)
{
    g_autoptr(GPtrArray) sources = g_ptr_array_new();
    const struct page page = { advice, colour, out, sources };
    const char *name = advice->name ? advice->name : "?";
    g_autofree char *plain = cvm_report_line(name);
    g_autofree char *title = g_strdup_printf(
        _("Inside guest '%1$s' (%2$s)"), plain,
        advice->guest == CVM_GUEST_OTHER ? "?" : cvm_guest_info(advice->guest)->title);

    g_string_append_printf(out, "%s%s%s\n", colour ? "\033[1m" : "", title,
                           colour ? "\033[0m" : "");
    if (!(advice->guest & CVM_GUEST_AMD)) {
        cvm_report_wrap(out, explain_none(advice), 0, 0);
        return;
    }
    append_items(&page);
    append_swiotlb(&page);
    append_sources(&page);
}

void
cvm_guest_report_text(const struct cvm_guest_advice *const *advice, size_t count, gboolean colour,
                      GString *out)
{
    for (size_t i = 0; i < count; i++) {
        g_string_append(out, i > 0 ? "\n" : "");
        append_guest(advice[i], colour, out);
    }
}

/* ---- JSON ---- */

static json_t *
size_or_null(uint64_t size)
{
    return size ? json_integer((json_int_t)size) : json_null();
}

static json_t *
describe_items(const struct cvm_guest_advice *advice)
{
    json_t *list = json_array();

    for (guint i = 0; i < advice->items->len; i++) {
        const struct cvm_advice *item = &g_array_index(advice->items, struct cvm_advice, i);

        json_array_append_new(
            list, json_pack("{s:s, s:s, s:o, s:o, s:o, s:s}", /* in this order */
                            "id", item->id, "group", cvm_advice_group_name(item->group), "text",
                            cvm_json_text(item->text), "command", cvm_json_text(item->command),
                            "prints", cvm_json_text(item->prints), "source", item->source));
    }
    return list;
}

static json_t *
describe_uses(const struct cvm_swiotlb *swiotlb)
{
    json_t *list = json_array();

    for (guint i = 0; i < swiotlb->uses->len; i++) {
        const struct cvm_swiotlb_use *use =
            &g_array_index(swiotlb->uses, struct cvm_swiotlb_use, i);

        json_array_append_new(
            list, json_pack("{s:o, s:I, s:I, s:I, s:s}", "device", cvm_json_text(use->device),
                            "held", (json_int_t)use->held, "usual",
                            (json_int_t)use->held + (json_int_t)use->usual, "most",
                            (json_int_t)use->held + (json_int_t)use->most, "source", use->source));
    }
    return list;
}

static json_t *
describe_swiotlb(const struct cvm_guest_advice *advice)
{
    static const char *const verdicts[] = {
        [CVM_SWIOTLB_UNKNOWN] = "unknown",   [CVM_SWIOTLB_ENOUGH] = "enough",
        [CVM_SWIOTLB_ORDINARY] = "ordinary", [CVM_SWIOTLB_SMALL] = "small",
        [CVM_SWIOTLB_NONE] = "none",
    };
    const struct cvm_swiotlb *swiotlb = &advice->swiotlb;

    if (!(advice->guest & CVM_GUEST_AMD)) {
        return json_null();
    }
    return json_pack(
        "{s:s, s:o, s:o, s:I, s:I, s:I, s:o, s:o, s:o}", "verdict", verdicts[swiotlb->verdict],
        "default", size_or_null(swiotlb->by_default), "given", size_or_null(swiotlb->given), "held",
        (json_int_t)swiotlb->held, "usual", (json_int_t)swiotlb->usual, "most",
        (json_int_t)swiotlb->most, "advised", size_or_null(swiotlb->advised), "slots",
        size_or_null(swiotlb->advised / CVM_SWIOTLB_SLOT), "devices", describe_uses(swiotlb));
}

void
cvm_guest_report_json(const struct cvm_guest_advice *const *advice, size_t count, GString *out)
{
    json_t *guests = json_array();

    for (size_t i = 0; i < count; i++) {
        const char *type = cvm_guest_info(advice[i]->guest)->name;

        json_array_append_new(guests, json_pack("{s:o, s:s, s:o, s:o}", /* in this order */
                                                "name", cvm_json_text(advice[i]->name), "type",
                                                type, "advice", describe_items(advice[i]),
                                                "swiotlb", describe_swiotlb(advice[i])));
    }
    cvm_json_write(json_pack("{s:i, s:o}", "version", FORMAT_VERSION, "guests", guests), out);
}
