/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows that concern a domain, and those that are made for it. */
#include <string.h>

#include "guest/guest.h"
#include "util/i18n.h"
#include "util/number.h"

static const struct {
    const char *name, *title;
    const struct cvm_advice_table *table;
} groups[CVM_ADVICE_GROUPS] = {
    [CVM_ADVICE_KERNEL] = { "kernel", N_("What the kernel must be"), &cvm_advice_kernel },
    [CVM_ADVICE_BOOT] = { "cmdline", N_("What to add to the kernel command line"),
                          &cvm_advice_boot },
    [CVM_ADVICE_CHECK] = { "check", N_("How to see that it is protected"), &cvm_advice_check },
    [CVM_ADVICE_ATTEST] = { "attest", N_("How to prove it to others"), &cvm_advice_attest },
    [CVM_ADVICE_LIMIT] = { "limit", N_("What it cannot do"), &cvm_advice_limit },
};

const char *
cvm_advice_group_title(enum cvm_advice_group group)
{
    return _(groups[group].title);
}

const char *
cvm_advice_group_name(enum cvm_advice_group group)
{
    return groups[group].name;
}

static void
append(struct cvm_guest_advice *advice, enum cvm_advice_group group,
       const struct cvm_advice_row *row)
{
    struct cvm_advice item = {
        .group = group,
        .id = row->id,
        .source = row->source,
        .text = g_strdup(row->text),
        .command = g_strdup(row->command),
        .prints = g_strdup(row->prints),
    };

    g_array_append_val(advice->items, item);
}

/* ---- what is made for the domain ---- */

/* The words of list, from column on, in lines that a shell takes for one. */
static void
append_broken(GString *out, const char *list, size_t column)
{
    enum { MOST_COLUMNS = 70 };
    g_auto(GStrv) words = g_strsplit(list, " ", 0);

    for (char **word = words; *word; word++) {
        if (column + strlen(*word) > MOST_COLUMNS) {
            g_string_append(out, " \\\n   ");
            column = 4;
        }
        g_string_append_printf(out, " %s", *word);
        column += strlen(*word) + 1;
    }
}

static void
append_drivers(struct cvm_guest_advice *advice, const struct cvm_domain *domain)
{
    static const char loop[] = "for option in";
    g_autofree char *symbols = cvm_guest_drivers(domain);
    g_autoptr(GString) command = g_string_new(loop);
    struct cvm_advice_row row = {
        .id = "config-drivers",
        .text = _("Drivers for this profile's devices, those of its system disk in the initrd or "
                  "built in; this says which are missing:"),
        .source = "the drivers' Kconfig (6.12)",
    };

    if (symbols) {
        append_broken(command, symbols, strlen(loop));
        g_string_append(command, "; do\n"
                                 "    grep -q \"^CONFIG_$option=\" /boot/config-$(uname -r) ||\n"
                                 "        echo \"$option is missing\"\n"
                                 "done");
        row.command = command->str;
        append(advice, CVM_ADVICE_KERNEL, &row);
    }
}

/* It helps those that cannot be sure of their pool. */
static void
append_dynamic(struct cvm_guest_advice *advice)
{
    const struct cvm_advice_row row = {
        .id = "config-swiotlb-dynamic",
        .text = _("CONFIG_SWIOTLB_DYNAMIC=y, if you build it yourself: its bounce buffers then "
                  "grow when they run out. Debian's kernels do not have it on."),
        .source = "kernel/dma/Kconfig, swiotlb.c can_grow (6.12; not in 6.1); Debian's "
                  "linux-config-6.12 6.12.107-1",
    };

    if (advice->swiotlb.verdict == CVM_SWIOTLB_ORDINARY ||
        advice->swiotlb.verdict == CVM_SWIOTLB_SMALL) {
        append(advice, CVM_ADVICE_KERNEL, &row);
    }
}

/* "256 MiB": always whole. */
static char *
size_text(uint64_t size)
{
    return g_strdup_printf("%u MiB", (unsigned)((size + (1 << 20) - 1) >> 20));
}

/* What there is, and what the devices may ask for, as one sentence or two. */
static char *
describe_swiotlb(const struct cvm_swiotlb *swiotlb)
{
    g_autofree char *size = size_text(swiotlb->given ? swiotlb->given : swiotlb->by_default);
    g_autofree char *usual = size_text(swiotlb->usual);
    g_autofree char *most = size_text(swiotlb->most);

    switch (swiotlb->verdict) {
    case CVM_SWIOTLB_NONE:
        return g_strdup(_("Take swiotlb=noforce out of os.cmdline: without bounce buffers no "
                          "device works in an encrypted guest."));
    case CVM_SWIOTLB_ENOUGH:
        return g_strdup_printf(_("Nothing for bounce buffers: %1$s are enough for all that its "
                                 "devices may ask for at once (%2$s)."),
                               size, most);
    case CVM_SWIOTLB_ORDINARY:
        return g_strdup_printf(_("Nothing for bounce buffers: %1$s are enough for queues full of "
                                 "ordinary requests (%2$s). Queues full of the largest ones would "
                                 "take %3$s: then disks wait, and network packets are dropped."),
                               size, usual, most);
    case CVM_SWIOTLB_SMALL:
        return g_strdup_printf(
            swiotlb->advised
                ? _("Larger bounce buffers: %1$s are not enough for queues full of ordinary "
                    "requests (%2$s): disks would wait, and network packets be dropped.")
                : _("Bounce buffers of %1$s are not enough for queues full of ordinary requests "
                    "(%2$s), and cannot well be larger with this memory: give its devices fewer "
                    "queues, or disks wait, and network packets are dropped."),
            size, usual);
    case CVM_SWIOTLB_UNKNOWN:
    default:
        return g_strdup_printf(_("The memory is not known; its devices may ask for %1$s of bounce "
                                 "buffers (swiotlb=) at once, %2$s for ordinary requests."),
                               most, usual);
    }
}

static void
append_swiotlb(struct cvm_guest_advice *advice)
{
    g_autofree char *text = describe_swiotlb(&advice->swiotlb);
    g_autofree char *option =
        g_strdup_printf("swiotlb=%u", (unsigned)(advice->swiotlb.advised / CVM_SWIOTLB_SLOT));
    const struct cvm_advice_row row = {
        .id = "cmdline-swiotlb",
        .text = text,
        .command = advice->swiotlb.advised ? option : NULL,
        .source = "arch/x86/mm/mem_encrypt.c mem_encrypt_setup_arch(): 6 % of the memory, 64 MiB "
                  "to 1 GiB; kernel/dma/swiotlb.c round_up_default_nslabs(): to a power of two; "
                  "derived: the devices, below",
    };

    append(advice, CVM_ADVICE_BOOT, &row);
}

/* "software IO TLB: mapped [mem 0x…-0x…] (256MB)" */
static void
append_swiotlb_check(struct cvm_guest_advice *advice)
{
    const struct cvm_swiotlb *swiotlb = &advice->swiotlb;
    uint64_t size = swiotlb->advised ? swiotlb->advised
                    : swiotlb->given ? swiotlb->given
                                     : swiotlb->by_default;
    g_autofree char *mapped =
        g_strdup_printf("software IO TLB: mapped [mem 0x…-0x…] (%uMB)", (unsigned)(size >> 20));
    const struct cvm_advice_row rows[] = {
        {
            .id = "check-swiotlb",
            .text = _("Its bounce buffers have that size:"),
            .command = "dmesg | grep 'software IO TLB: mapped'",
            .prints = mapped,
            .source = "kernel/dma/swiotlb.c swiotlb_print_info()",
        },
        {
            .id = "check-swiotlb-used",
            .text = _("The most that was ever in use of them under load, in slots of 2 KiB, and "
                      "whether they ran out (then a line appears):"),
            .command = "cat /sys/kernel/debug/swiotlb/io_tlb_used_hiwater\n"
                       "dmesg | grep 'swiotlb buffer is full'",
            .source = "kernel/dma/swiotlb.c swiotlb_create_debugfs_files() (6.12; not in 6.1), "
                      "swiotlb_tbl_map_single(); include/linux/swiotlb.h: IO_TLB_SHIFT",
        },
    };

    if (size > 0 && swiotlb->verdict != CVM_SWIOTLB_NONE) {
        append(advice, CVM_ADVICE_CHECK, &rows[0]);
        append(advice, CVM_ADVICE_CHECK, &rows[1]);
    }
}

/* ---- all of it ---- */

/* What the profile's own command line has already need not be advised. */
static gboolean
is_done(const struct cvm_domain *domain, enum cvm_advice_group group,
        const struct cvm_advice_row *row)
{
    g_auto(GStrv) options = NULL;

    if (group != CVM_ADVICE_BOOT || !row->command || !cvm_is_set(domain->os.cmdline)) {
        return FALSE;
    }
    options = g_strsplit_set(domain->os.cmdline.value, " \t\n", 0);
    return g_strv_contains((const char *const *)options, row->command);
}

static void
append_table(struct cvm_guest_advice *advice, enum cvm_advice_group group,
             const struct cvm_domain *domain)
{
    const struct cvm_advice_table *table = groups[group].table;

    for (unsigned i = 0; i < table->count; i++) {
        struct cvm_advice_row row = table->rows[i];

        if (row.guests & advice->guest && (!row.concerns || row.concerns(domain)) &&
            !is_done(domain, group, &row)) {
            row.text = _(row.text);
            append(advice, group, &row);
        }
    }
}

static void
clear_item(gpointer data)
{
    struct cvm_advice *item = data;

    g_free(item->text);
    g_free(item->command);
    g_free(item->prints);
}

struct cvm_guest_advice *
cvm_guest_advice_new(const struct cvm_domain *domain)
{
    struct cvm_guest_advice *advice = g_new0(struct cvm_guest_advice, 1);

    advice->name = g_strdup(domain->name.value);
    advice->guest = cvm_domain_guest(domain);
    advice->items = g_array_new(FALSE, FALSE, sizeof(struct cvm_advice));
    g_array_set_clear_func(advice->items, clear_item);
    if (!(advice->guest & CVM_GUEST_AMD)) {
        return advice;
    }
    cvm_swiotlb_fill(&advice->swiotlb, domain);
    for (unsigned group = 0; group < CVM_ADVICE_GROUPS; group++) {
        if (group == CVM_ADVICE_BOOT) {
            append_swiotlb(advice);
        }
        append_table(advice, group, domain);
        if (group == CVM_ADVICE_KERNEL) {
            append_dynamic(advice);
            append_drivers(advice, domain);
        } else if (group == CVM_ADVICE_CHECK) {
            append_swiotlb_check(advice);
        }
    }
    return advice;
}

void
cvm_guest_advice_free(struct cvm_guest_advice *advice)
{
    if (advice) {
        cvm_swiotlb_clear(&advice->swiotlb);
        g_array_unref(advice->items);
        g_free(advice->name);
        g_free(advice);
    }
}
