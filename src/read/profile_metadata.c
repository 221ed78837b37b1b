/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* metadata is the one key whose text is XML; it ends up in the domain XML as it is, so nothing that
 * could break out of its element may pass. */
#include <libxml/parser.h>
#include <string.h>

#include "read/profile.h"
#include "util/i18n.h"

struct check {
    unsigned depth;
    const char *reason; /* the first one; static */
};

static void
start_element(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
              int namespace_count, const xmlChar **namespaces, int attribute_count,
              int defaulted_count, const xmlChar **attributes)
{
    struct check *check = data;

    (void)name, (void)prefix, (void)namespace_count, (void)namespaces;
    (void)attribute_count, (void)defaulted_count, (void)attributes;
    if (check->depth == 1 && !uri && !check->reason) {
        check->reason = _("an element has no namespace; add xmlns='…'");
    }
    check->depth++;
}

static void
end_element(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct check *check = data;

    (void)name, (void)prefix, (void)uri;
    check->depth--;
}

static void
characters(void *data, const xmlChar *text, int length)
{
    struct check *check = data;

    for (int i = 0; check->depth == 1 && !check->reason && i < length; i++) {
        if (!g_ascii_isspace(text[i])) {
            check->reason = _("there is text outside of elements");
        }
    }
}

static char *
parse_error(xmlParserCtxt *context)
{
    const xmlError *error = xmlCtxtGetLastError(context);

    return error && error->message ? g_strchomp(g_strdup(error->message)) : NULL;
}

gboolean
cvm_profile_check_metadata(const char *text, char **reason)
{
    static const char open[] = "<metadata>", close[] = "</metadata>";
    xmlSAXHandler handler = {
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = start_element,
        .endElementNs = end_element,
        .characters = characters,
        .cdataBlock = characters,
    };
    struct check check = { 0, NULL };
    xmlParserCtxt *context = xmlCreatePushParserCtxt(&handler, &check, open, 0, NULL);
    gboolean valid;

    if (!context) {
        g_error("out of memory");
    }
    if (strlen(text) > CVM_LIMIT_METADATA) {
        xmlFreeParserCtxt(context);
        *reason = g_strdup_printf(_("it is larger than %d bytes"), CVM_LIMIT_METADATA);
        return FALSE;
    }
    xmlCtxtUseOptions(context, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    xmlParseChunk(context, open, (int)strlen(open), 0);
    xmlParseChunk(context, text, (int)strlen(text), 0);
    xmlParseChunk(context, close, (int)strlen(close), 1);
    valid = context->wellFormed && !check.reason;
    if (!valid) {
        *reason = check.reason ? g_strdup(check.reason) : parse_error(context);
    }
    xmlFreeParserCtxt(context);
    return valid;
}
