/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CVM1nn: the profile itself. The reader has noticed most of it already; here its problems become
 * findings, so that they are listed, explained and suppressed like all others. */
#include "rules/profile.h"
#include "rules/launch.h"

#include <string.h>

#include "util/i18n.h"
#include "util/quote.h"

static void
report_problems(struct cvm_check *check, enum cvm_problem_kind kind)
{
    const struct cvm_problem *problem = check->domain->problems;

    for (; problem; problem = problem->next) {
        if (problem->kind == kind) {
            cvm_report_problem(check, problem);
        }
    }
}

/* Whoever writes two hundred small mistakes, and suppresses them, does not hide a large one. */
static void
report_full(struct cvm_check *check)
{
    if (check->domain->problem_count >= CVM_LIMIT_PROBLEMS) {
        cvm_report_rest(check, CVM_SEVERE,
                        _("The document has so many problems that not all of them are listed: mend "
                          "these first."));
    }
}

static void
check_unknown_key(struct cvm_check *check)
{
    report_problems(check, CVM_PROBLEM_UNKNOWN_KEY);
}

static void
check_wrong_type(struct cvm_check *check)
{
    report_problems(check, CVM_PROBLEM_WRONG_TYPE);
    report_full(check);
}

static void
check_duplicate_key(struct cvm_check *check)
{
    report_problems(check, CVM_PROBLEM_DUPLICATE_KEY);
    cvm_check_second_element(check);
}

static void
check_missing_key(struct cvm_check *check)
{
    report_problems(check, CVM_PROBLEM_MISSING_KEY);
    cvm_check_missing_element(check);
}

static void
check_extends(struct cvm_check *check)
{
    report_problems(check, CVM_PROBLEM_EXTENDS);
}

/* libvirt refuses the first three (virDomainDefParseXML, virDomainDefPostParse) and accepts the
 * others, white space at both ends included. */
static void
check_name(struct cvm_check *check)
{
    const struct cvm_text *name = &check->domain->name;
    const char *text = name->value;
    CVM_AUTO(arena) *arena = NULL;
    const char *quoted;

    if (!cvm_is_given(*name)) {
        return;
    }
    arena = cvm_arena_new();
    quoted = cvm_quote(arena, text);
    if (*text == '\0') {
        cvm_report(check, &name->from, _("The name is empty; libvirt refuses such a domain."));
    } else if (strchr(text, '/')) {
        cvm_report(check, &name->from,
                   _("Name '%s' contains '/'; libvirt refuses it, since files are named after the "
                     "domain."),
                   quoted);
    } else if (strchr(text, '\n')) {
        cvm_report(check, &name->from,
                   check->domain->form == CVM_FORM_XML
                       ? _("The name contains a line break; libvirt refuses it. Write it on the "
                           "line of its tags.")
                       : _("The name contains a line break; libvirt refuses it. A name in a block "
                           "('|') ends in one: write it on the line of its key."));
    } else if (text[strspn(text, "0123456789")] == '\0') {
        cvm_report_as(check, CVM_WARNING, &name->from,
                      _("Name '%s' is a number; virsh takes a number for the ID of a running "
                        "domain first, and may act on another one."),
                      quoted);
    } else if (g_ascii_isspace(text[0]) || g_ascii_isspace(text[strlen(text) - 1])) {
        cvm_report_as(check, CVM_WARNING, &name->from,
                      _("Name '%s' starts or ends with white space, which nobody sees in a list "
                        "of domains."),
                      quoted);
    }
}

static void
check_unconfidential(struct cvm_check *check)
{
    const struct cvm_launch *launch = &check->domain->launch;

    if (check->domain->from.origin == CVM_INVALID || cvm_domain_is_reference(check->domain)) {
        return;
    }
    if (cvm_is_unset(*launch) && cvm_commandline_launches(check->domain)) {
        return; /* CVM221 tells what that is worth */
    }
    if (cvm_is_unset(*launch)) {
        cvm_report(check, NULL,
                   _("There is no launchSecurity: the host can read this guest's memory."));
    } else if (cvm_text_is(launch->type, "none")) {
        cvm_report(check, &launch->type.from,
                   _("The type is 'none': the host can read this guest's memory."));
    }
}

const struct cvm_rule cvm_rules_profile[] = {
    { "CVM101", "unknown-key", CVM_SEVERE, 0, FALSE,
      N_("A key is none that profiles know, often a spelling mistake."), check_unknown_key },
    { "CVM102", "wrong-type", CVM_SEVERE, 0, FALSE,
      N_("A value is of the wrong kind, out of range, or a size without a clear unit."),
      check_wrong_type },
    { "CVM103", "duplicate-key", CVM_SEVERE, 0, FALSE,
      N_("A key is given twice in one map, and only one of them could count."),
      check_duplicate_key },
    { "CVM104", "missing-key", CVM_SEVERE, 0, FALSE,
      N_("A key without which there is no domain is missing."), check_missing_key },
    { "CVM105", "bad-name", CVM_SEVERE, 0, FALSE,
      N_("The domain's name is one that libvirt refuses or virsh misunderstands."), check_name },
    { "CVM106", "extends-cycle", CVM_SEVERE, 0, FALSE,
      N_("A profile extends itself, or one that cannot be read."), check_extends },
    { "CVM107", "unconfidential", CVM_NOTE, 0, FALSE,
      N_("The guest is not encrypted, so nothing protects it from its host."),
      check_unconfidential },
    { 0 },
};
