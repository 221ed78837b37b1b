/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exported functions of <cvmdom/guest.h>. */
#include "cvmdom/guest.h"
#include "lib.h"
#include "report/guest.h"
#include "util/error.h"
#include "util/i18n.h"

CVM_LIB_HANDLE(advice, cvmdom_guest_advice, struct cvm_guest_advice)

cvmdom_guest_advice *
cvmdom_domain_guest_advice(const cvmdom_domain *domain)
{
    return advice_handle(cvm_guest_advice_new(domain_of(domain)));
}

void
cvmdom_guest_advice_free(cvmdom_guest_advice *advice)
{
    cvm_guest_advice_free(advice_of(advice));
}

int
cvmdom_guest_advice_at(const cvmdom_guest_advice *advice, size_t i, struct cvmdom_advice *piece)
{
    const GArray *items = advice_of(advice)->items;
    const struct cvm_advice *item;

    if (i >= items->len) {
        return -1;
    }
    item = &g_array_index(items, struct cvm_advice, i);
    *piece = (struct cvmdom_advice){
        .id = item->id,
        .group = cvm_advice_group_name(item->group),
        .text = item->text,
        .command = item->command,
        .prints = item->prints,
        .source = item->source,
    };
    return 0;
}

int
cvmdom_guest_advice_swiotlb(const cvmdom_guest_advice *advice, struct cvmdom_swiotlb *swiotlb)
{
    const struct cvm_swiotlb *from = &advice_of(advice)->swiotlb;

    if (!(advice_of(advice)->guest & CVM_GUEST_AMD)) {
        return -1;
    }
    *swiotlb = (struct cvmdom_swiotlb){
        .by_default = from->by_default,
        .given = from->given,
        .held = from->held,
        .usual = from->usual,
        .most = from->most,
        .advised = from->advised,
        .slots = from->advised / CVM_SWIOTLB_SLOT,
    };
    return 0;
}

int
cvmdom_guest_advice_report(const cvmdom_guest_advice *const *advice, size_t count,
                           const char *format, int colour, char **text, cvmdom_error **error)
{
    const struct cvm_guest_advice *const *list = (const struct cvm_guest_advice *const *)advice;
    GString *out = g_string_new(NULL);
    GError *cause = NULL;

    if (g_str_equal(format, "text")) {
        cvm_guest_report_text(list, count, colour != 0, out);
    } else if (g_str_equal(format, "json")) {
        cvm_guest_report_json(list, count, out);
    } else {
        g_string_free(out, TRUE);
        cvm_error_set(&cause, CVM_ERROR_USAGE, _("there is no format '%1$s'"), format);
        give_error(error, cause);
        return -1;
    }
    *text = g_string_free(out, FALSE);
    return 0;
}

const char *
cvmdom_guest_advice_schema(void)
{
    return cvm_guest_schema();
}
