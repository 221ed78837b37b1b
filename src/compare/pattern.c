/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Places in domain XML by pattern, held against a node from its end upwards. */
#include <string.h>

#include "compare/tree.h"

static gboolean
word_matches(const char *word, size_t length, const char *text)
{
    g_autofree char *pattern = NULL;

    if (!memchr(word, '*', length)) {
        return strlen(text) == length && memcmp(word, text, length) == 0;
    }
    pattern = g_strndup(word, length);
    return g_pattern_match_simple(pattern, text);
}

static gboolean
words_match(const char *words, size_t length, const char *text)
{
    const char *end = words + length;

    for (;;) {
        const char *bar = memchr(words, '|', (size_t)(end - words));
        const char *stop = bar ? bar : end;

        if (word_matches(words, (size_t)(stop - words), text)) {
            return TRUE;
        }
        if (!bar) {
            return FALSE;
        }
        words = bar + 1;
    }
}

gboolean
cvm_words_match(const char *words, const char *text)
{
    return words_match(words, strlen(words), text);
}

/* "[type=pci][index=*]", up to the step's end. */
static gboolean
attributes_match(const char *at, const char *end, const struct cvm_node *element)
{
    while (at < end && *at == '[') {
        const char *equals = strchr(at, '='), *close = strchr(at, ']');
        g_autofree char *name = g_strndup(at + 1, (size_t)(equals - at - 1));
        const struct cvm_node *attribute = cvm_node_attribute(element, name);

        if (!attribute || !words_match(equals + 1, (size_t)(close - equals - 1),
                                       attribute->text ? attribute->text : "")) {
            return FALSE;
        }
        at = close + 1;
    }
    return TRUE;
}

/* The beginning of the last step of what is left of a pattern: no word in it has a '/' outside
 * brackets. */
static const char *
last_step(const char *pattern, const char *end)
{
    gboolean inside = FALSE;

    while (end > pattern && (inside || end[-1] != '/')) {
        end--;
        inside = *end == ']' ? TRUE : *end == '[' ? FALSE : inside;
    }
    return end;
}

static gboolean
name_matches(const char *name, size_t length, const struct cvm_node *node)
{
    return (length == 1 && *name == '*') ||
           (strlen(node->name) == length && memcmp(name, node->name, length) == 0);
}

static gboolean
step_matches(const char *step, const char *end, const struct cvm_node *node)
{
    const char *bracket = memchr(step, '[', (size_t)(end - step));
    size_t length = (size_t)((bracket ? bracket : end) - step);

    if (node->kind == CVM_NODE_ATTRIBUTE) {
        return *step == '@' && name_matches(step + 1, length - 1, node);
    }
    return *step != '@' && name_matches(step, length, node) &&
           attributes_match(step + length, end, node);
}

static gboolean
steps_match(const char *pattern, const char *end, const struct cvm_node *node)
{
    while (node->parent) {
        const char *step = last_step(pattern, end);

        if (!step_matches(step, end, node)) {
            return FALSE;
        }
        node = node->parent;
        if (step == pattern) {
            return !node->parent;
        }
        end = step - 1;
    }
    return FALSE;
}

gboolean
cvm_spot_is(const struct cvm_spot *spot, const char *pattern)
{
    static const char text[] = "/text()";
    gboolean for_text = g_str_has_suffix(pattern, text);
    const char *end = pattern + strlen(pattern) - (for_text ? strlen(text) : 0);

    return for_text == spot->text && steps_match(pattern, end, spot->node);
}

gboolean
cvm_spot_is_asked_for(const struct cvm_spot *attribute, const char *pattern)
{
    const struct cvm_spot element = { attribute->node->parent, FALSE };
    const char *step = last_step(pattern, pattern + strlen(pattern));
    g_autofree char *asked = g_strdup_printf("[%s=", attribute->node->name);

    return strstr(step, asked) && cvm_spot_is(&element, pattern);
}
