/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What several formats say, and how they write what an input may have put into a text. */
#ifndef CVM_REPORT_PARTS_H
#define CVM_REPORT_PARTS_H

#include "report/report.h"
#include "util/json.h"

/* ---- parts.c ---- */

/* Valid UTF-8 on one line that cannot drive a terminal: a line feed is a space, other control
 * characters are U+FFFD. The caller's to g_free(). */
char *
cvm_report_line(const char *text);
/* Columns that valid UTF-8 takes in a terminal. */
unsigned
cvm_report_width(const char *text, size_t length);
/* The words of text, made one line of, from column on; further lines are indented. At most
 * CVM_REPORT_WIDTH columns where a word does not take more. */
enum { CVM_REPORT_WIDTH = 80 };
void
cvm_report_wrap(GString *out, const char *text, unsigned column, unsigned indent);
/* "file:7:3", what is known of it; the program's name when there is no file. The caller's. */
char *
cvm_report_place(const char *file, unsigned line, unsigned column);
/* Findings of exactly this severity that are not suppressed. */
unsigned
cvm_report_count(const struct cvm_findings *findings, enum cvm_severity severity);
unsigned
cvm_report_count_suppressed(const struct cvm_findings *findings);
/* Whether everything could be done that was asked for. */
gboolean
cvm_report_is_complete(const struct cvm_findings *findings,
                       const struct cvm_report_options *options);
/* A rule that was not run: for want of a host, else for want of a library. */
gboolean
cvm_report_needs_host(const char *id);
/* The rules that were not run for one of the two reasons, "CVM205, CVM701-CVM711": three and more
 * that follow each other in the catalogue are a range. The caller's to g_free(). */
char *
cvm_report_name_not_run(const struct cvm_findings *findings, gboolean host, unsigned *count);
/* "2 errors in 3 documents; 1 suppressed; …", translated and without a line end; nothing at all
 * when nothing was looked at. */
void
cvm_report_summarise(const struct cvm_findings *findings, const struct cvm_report_options *options,
                     GString *out);

/* FALSE for the names that stand for standard input and for overrides. */
gboolean
cvm_report_is_file(const char *name);
/* The file relative to the folder where it is below it, else absolute; as it is when the folder is
 * NULL. Bytes, as the file system has them. The caller's to g_free(). */
char *
cvm_report_path(const char *file, const char *folder);

/* ---- page.c: a rule's page without the marks that are for the tests ---- */

/* All strings are the caller's to g_free(). */
char *
cvm_page_markdown(const char *page);
char *
cvm_page_plain(const char *page);
/* The paragraphs before the first section, each on one line. */
char *
cvm_page_intro(const char *page);

#endif
