/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Profiles in, domain XML out: read all, judge all, then write what is fit to be written. As a
 * stream it is file by file instead, and only a few are kept. */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cmd.h"
#include "cli/crew.h"
#include "cli/hosts.h"
#include "cli/id_block.h"
#include "cli/inputs.h"
#include "cli/jobs.h"
#include "util/file.h"

struct render_options {
    const char *host;
    const char *firmware_root;
    const char *to;
    const char *output;
    const char *color;
    GPtrArray *set;
    gboolean force;
    gboolean explain;
    gboolean args0;
    const char *files_from;
    gboolean null;
    const char *jobs;
    struct cli_id_options id;
};

static const struct cli_option options_table[] = {
    { .name = "host",
      .letter = 'H',
      .argument = "HOST",
      .values = CLI_HOST,
      .offset = offsetof(struct render_options, host),
      .help = N_("the machine it is to run on: a recorded host, the output of 'virsh "
                 "domcapabilities', a bundled host's name, or a libvirt URI like "
                 "qemu:///system") },
    CLI_FIRMWARE_ROOT_ROW(struct render_options, firmware_root),
    { .name = "to",
      .letter = 't',
      .argument = "TARGET",
      .values = CLI_TARGET,
      .offset = offsetof(struct render_options, to),
      .help = N_("what to render to") },
    { .name = "output",
      .letter = 'o',
      .argument = "FILE|DIR/",
      .values = CLI_FILE,
      .offset = offsetof(struct render_options, output),
      .help = N_("write to FILE, or one file a domain into DIR; whole or not at all") },
    { .name = "args0",
      .offset = offsetof(struct render_options, args0),
      .help = N_("with --to qemu: no script, but QEMU's arguments, a NUL behind each, as xargs -0 "
                 "reads them") },
    { .name = "files-from",
      .argument = "LIST",
      .values = CLI_FILE,
      .offset = offsetof(struct render_options, files_from),
      .help = N_("render the profiles that LIST names, too, one a line; - is standard input") },
    { .name = "null",
      .letter = '0',
      .offset = offsetof(struct render_options, null),
      .help = N_("write any number of domains to standard output, a NUL behind each, as soon as "
                 "each file is judged; names in LIST end in NUL, too") },
    { .name = "jobs",
      .letter = 'j',
      .argument = "N",
      .offset = offsetof(struct render_options, jobs),
      .help = N_("with --null: render N files at a time, 1 to 256; by default as many as there are "
                 "processors. What is written is the same") },
    CLI_SET_ROW(struct render_options, set),
    { .name = "force",
      .letter = 'f',
      .offset = offsetof(struct render_options, force),
      .help = N_("render in spite of findings of severity error") },
    { .name = "explain",
      .letter = 'e',
      .offset = offsetof(struct render_options, explain),
      .help = N_("list the defaults that were chosen, each with its reason") },
    CLI_ID_ROWS(struct render_options, id,
                N_("give the guests an ID block, signed with the private key in FILE (SEV-SNP; see "
                   "'cvmdom help idblock')")),
    { .name = "color",
      .argument = "WHEN",
      .values = CLI_COLOUR,
      .offset = offsetof(struct render_options, color),
      .help = N_("when to colour findings; by default on a terminal") },
    { 0 },
};

enum { STREAM_BUFFER = 64 * 1024 };

struct render {
    const struct render_options *options;
    const char *target;
    struct cli_hosts *hosts;
    struct cli_jobs jobs;
    struct cli_id id;
    unsigned threads; /* of a stream; 0: as many as are worth it */
    gboolean folder;  /* the output is one */
    guint files;      /* to be counted; 0 in a stream, which counts for itself */
};

/* A file is done when it went through all of them, and one takes about as long as another. */
enum stage { READING, JUDGING, WRITING, STAGES };

static void
show_progress(const struct render *render, enum stage stage, guint i, guint count)
{
    size_t files = render->files;

    if (files > 0) {
        cli_progress(files * ((size_t)stage * count + i) / ((size_t)STAGES * count), files);
    }
}

/* ---- judging ---- */

static void
explain_defaults(const struct cli_job *job)
{
    cli_say(_("'%1$s': chosen where the profile leaves it open:"), cli_job_title(job));
    cvmdom_domain_each_default(job->domain, cli_print_default, NULL);
}

static void
judge(struct render *render, struct cli_job *job)
{
    const cvmdom_host *host = cli_hosts_for(render->hosts, job->domain, CLI_BUNDLED_HOST, NULL);

    cli_jobs_judge(&render->jobs, job, host);
    cli_id_put(&render->id, &render->jobs, job, render->hosts);
    if (host && render->options->explain) {
        explain_defaults(job);
    }
}

static void
print_refusals(const struct render *render)
{
    for (guint i = 0; i < render->jobs.jobs->len; i++) {
        const struct cli_job *job = cli_jobs_at(&render->jobs, i);

        if (job->refused && job->host && render->id.attest) {
            cli_say(_("'%s' is not rendered: it was not given an ID block"), cli_job_title(job));
        } else if (job->refused && job->host) {
            cli_say(_("'%1$s' is not rendered while there are errors (--force renders it all the "
                      "same)"),
                    cli_job_title(job));
        }
    }
}

static void
judge_all(struct render *render)
{
    for (guint i = 0; i < render->jobs.jobs->len; i++) {
        show_progress(render, JUDGING, i, render->jobs.jobs->len);
        judge(render, cli_jobs_at(&render->jobs, i));
    }
    cli_jobs_report(&render->jobs);
    print_refusals(render);
}

/* ---- writing ---- */

static gboolean
is_folder(const char *path)
{
    return path && (g_str_has_suffix(path, "/") || g_file_test(path, G_FILE_TEST_IS_DIR));
}

static int
make_folder(const char *path)
{
    if (mkdir(path, 0777) < 0 && errno != EEXIST) {
        cli_say(_("cannot make the folder '%1$s': %2$s"), path, strerror(errno));
        return CLI_UNREADABLE;
    }
    return CLI_CLEAN;
}

/* A domain's file is called as the domain; as the profile when that name would lead elsewhere. The
 * caller's to g_free(). */
static char *
file_name(const struct cli_job *job)
{
    const char *name = cvmdom_domain_name(job->domain);
    g_autofree char *base = NULL;
    char *dot;

    if (name && *name && *name != '.' && !strchr(name, '/')) {
        return g_strdup(name);
    }
    base = g_path_get_basename(g_str_equal(job->profile, "-") ? "domain" : job->profile);
    dot = strrchr(base, '.');
    if (dot && dot != base) {
        *dot = '\0';
    }
    return job->number ? g_strdup_printf("%s-%u", base, job->number) : g_steal_pointer(&base);
}

static char *
folder_path(const struct render *render, const struct cli_job *job)
{
    g_autofree char *name = file_name(job);
    g_autofree char *file = NULL;
    const char *target, *suffix = "";

    for (size_t i = 0; (target = cvmdom_target_name(i, &suffix, NULL)); i++) {
        if (g_str_equal(target, render->target)) {
            break;
        }
    }
    file = g_strconcat(name, render->options->args0 ? ".args" : suffix, NULL);
    return g_build_filename(render->options->output, file, NULL);
}

/* A script is to be called. */
static int
write_file(const char *path, const GString *text)
{
    g_autoptr(GError) error = NULL;
    int mode = g_str_has_prefix(text->str, "#!") ? 0777 : 0666;

    if (cvm_file_write_as(path, text->str, text->len, mode, &error) < 0) {
        cli_say("%s", error->message);
        return CLI_UNREADABLE;
    }
    return CLI_CLEAN;
}

static int
append_arguments(const struct cli_job *job, GString *out)
{
    cvmdom_error *error = NULL;
    g_autofree char **words = NULL;

    if (cvmdom_domain_qemu_args(job->domain, job->host, &words, &error) < 0) {
        return cli_fail(error);
    }
    for (size_t i = 0; words[i]; i++) {
        g_string_append_len(out, words[i], (gssize)strlen(words[i]) + 1);
    }
    return CLI_CLEAN;
}

static int
append_rendered(const struct render *render, const struct cli_job *job, GString *out)
{
    cvmdom_error *error = NULL;
    g_autofree char *text = NULL;

    if (render->options->args0) {
        return append_arguments(job, out);
    }
    if (cvmdom_domain_render(job->domain, job->host, render->target, &text, &error) < 0) {
        return cli_fail(error);
    }
    g_string_append(out, text);
    return CLI_CLEAN;
}

/* written holds the paths of this run: two domains of one name are a mistake, not a replacement. */
static int
write_job(const struct render *render, const struct cli_job *job, GHashTable *written)
{
    const char *output = render->options->output;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *path = NULL;
    int status = append_rendered(render, job, text);

    if (status != CLI_CLEAN) {
        return status;
    }
    if (!output || g_str_equal(output, "-")) {
        fwrite(text->str, 1, text->len, stdout);
        return CLI_CLEAN;
    }
    if (render->folder && make_folder(output) != CLI_CLEAN) {
        return CLI_UNREADABLE;
    }
    path = render->folder ? folder_path(render, job) : g_strdup(output);
    if (!g_hash_table_add(written, g_strdup(path))) {
        cli_say(_("'%1$s' is written already: another domain has the same name"), path);
        return CLI_UNREADABLE;
    }
    return write_file(path, text);
}

static void
write_jobs(struct render *render)
{
    g_autoptr(GHashTable) written = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < render->jobs.jobs->len; i++) {
        const struct cli_job *job = cli_jobs_at(&render->jobs, i);

        show_progress(render, WRITING, i, render->jobs.jobs->len);
        if (!job->refused) {
            cli_worsen(&render->jobs.status, write_job(render, job, written));
        }
    }
}

/* ---- a stream ---- */

struct stream {
    const struct render *render; /* which its threads read */
    const struct cli_inputs *inputs;
    GHashTable *said; /* messages that are printed once */
    int status;
    atomic_bool ended; /* nothing can be written any more */
};

/* What came of a file. */
struct rendered {
    GArray *messages; /* NULL: the stream had ended */
    GString *text;
    int status;
};

/* A thread of it, with jobs of its own. */
struct worker {
    struct stream *stream;
    struct render render;
};

static void *
begin(void *common)
{
    struct stream *stream = common;
    const struct render *render = stream->render;
    struct worker *worker = g_new(struct worker, 1);

    *worker = (struct worker){ stream, *render };
    cli_jobs_init(&worker->render.jobs, render->options->force, render->options->color);
    worker->render.jobs.target = render->target;
    return worker;
}

static void
end(void *own)
{
    struct worker *worker = own;

    cli_jobs_clear(&worker->render.jobs);
    g_free(worker);
}

static void
append_jobs(struct render *render, GString *text)
{
    for (guint i = 0; i < render->jobs.jobs->len; i++) {
        const struct cli_job *job = cli_jobs_at(&render->jobs, i);
        gsize before = text->len;

        if (!job->refused) {
            cli_worsen(&render->jobs.status, append_rendered(render, job, text));
        }
        if (text->len > before) {
            g_string_append_c(text, '\0');
        }
    }
}

static void
work(void *own, size_t i, void *result)
{
    struct worker *worker = own;
    struct render *render = &worker->render;
    const struct cli_input *input = g_ptr_array_index(worker->stream->inputs->files, i);
    struct rendered *rendered = result;
    GArray *before;

    if (atomic_load(&worker->stream->ended)) {
        return;
    }
    rendered->text = g_string_new(NULL);
    rendered->messages = cli_messages_new();
    before = cli_messages_keep(rendered->messages);
    cli_jobs_read(&render->jobs, input->path, cli_list(render->options->set));
    judge_all(render);
    append_jobs(render, rendered->text);
    cli_messages_keep(before);
    rendered->status = render->jobs.status;
    cli_jobs_reset(&render->jobs);
}

/* In the order of the files. */
static void
take(void *common, size_t i, void *result)
{
    struct stream *stream = common;
    struct rendered *rendered = result;

    if (!rendered->messages) {
        return;
    }
    cli_messages_print(rendered->messages, stream->said);
    cli_worsen(&stream->status, rendered->status);
    if (!ferror(stdout)) {
        fwrite(rendered->text->str, 1, rendered->text->len, stdout);
    }
    if (ferror(stdout)) {
        atomic_store(&stream->ended, TRUE);
    }
    g_array_unref(rendered->messages);
    g_string_free(rendered->text, TRUE);
    cli_progress(i + 1, stream->inputs->files->len);
}

static void
render_stream(struct render *render, const struct cli_inputs *inputs)
{
    static char buffer[STREAM_BUFFER]; /* glibc takes a size only with a buffer of that size */
    g_autoptr(GHashTable) said = g_hash_table_new(NULL, NULL);
    struct stream stream = { render, inputs, said, CLI_CLEAN, FALSE };
    const struct cli_crew crew = {
        .common = &stream,
        .count = inputs->files->len,
        .result_size = sizeof(struct rendered),
        .begin = begin,
        .work = work,
        .take = take,
        .end = end,
    };

    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    cli_progress(0, inputs->files->len);
    cli_crew_run(&crew, render->id.attest ? 1 : render->threads); /* keys sign one by one */
    cli_progress_end();
    cli_worsen(&render->jobs.status, stream.status);
}

/* ---- the command ---- */

/* A slip like "-o db.yaml" must not cost the profile. */
static int
check_output(const struct render *render, const struct cli_inputs *inputs)
{
    const char *output = render->options->output;
    guint count = MAX(inputs->files->len, render->jobs.jobs->len);

    if (count > 1 && !render->folder) {
        return cli_usage(&cli_render, _("several domains need a folder to be written to, "
                                        "-o DIR/, or --null"));
    }
    for (guint i = 0; output && i < inputs->files->len; i++) {
        const struct cli_input *input = g_ptr_array_index(inputs->files, i);

        if (cli_is_same_file(output, input->path)) {
            return cli_usage(&cli_render, _("'%1$s' is the profile itself: write elsewhere"),
                             output);
        }
    }
    return CLI_CLEAN;
}

static int
render_files(struct render *render, const struct cli_inputs *inputs)
{
    int usage;

    render->files = inputs->files->len;
    for (guint i = 0; i < inputs->files->len; i++) {
        const struct cli_input *input = g_ptr_array_index(inputs->files, i);

        show_progress(render, READING, i, inputs->files->len);
        cli_jobs_read(&render->jobs, input->path, cli_list(render->options->set));
    }
    usage = check_output(render, inputs);
    if (usage == CLI_CLEAN) {
        judge_all(render);
        write_jobs(render);
    }
    cli_progress_end();
    return usage;
}

static int
render_all(struct render *render, const char *const *operands)
{
    const struct render_options *options = render->options;
    struct cli_inputs inputs;
    int status = CLI_CLEAN;

    cli_inputs_init(&inputs);
    for (guint i = 0; operands[i]; i++) {
        cli_inputs_add_file(&inputs, operands[i]);
    }
    if (options->files_from) {
        cli_inputs_add_list(&inputs, options->files_from, options->null);
    }
    if (inputs.files->len == 0 && inputs.status == CLI_CLEAN) {
        cli_say(_("nothing was rendered")); /* an empty list, which is no mistake */
    } else if (options->null) {
        render_stream(render, &inputs);
    } else {
        status = render_files(render, &inputs);
    }
    cli_worsen(&status, inputs.status);
    cli_inputs_clear(&inputs);
    return status == CLI_USAGE ? status
                               : MAX(status, MAX(render->jobs.status, render->hosts->status));
}

/* Standard input can be only one thing. */
static int
check_usage(const struct render_options *options, const char *target, const char *const *operands)
{
    const char *list = options->files_from;

    if (!operands[0] && !list) {
        return cli_usage(&cli_render, _("'%1$s' needs %2$s"), "render", "PROFILE");
    }
    if (options->args0 && !g_str_equal(target, "qemu")) {
        return cli_usage(&cli_render, _("--args0 is for --to qemu: no other target has arguments"));
    }
    if (options->null && (options->args0 || options->output)) {
        return cli_usage(&cli_render, _("'--null' is a stream of its own: it goes neither with "
                                        "'--args0' nor with '--output'"));
    }
    if (options->jobs && !options->null) {
        return cli_usage(&cli_render, _("'--jobs' is for '--null': else all profiles are judged "
                                        "before one is written"));
    }
    if (list && g_str_equal(list, "-") && g_strv_contains(operands, "-")) {
        return cli_usage(&cli_render, _("'-' is both a file and a list of files"));
    }
    return CLI_CLEAN;
}

static int
run(const void *data, const char *const *operands)
{
    const struct render_options *options = data;
    struct cli_hosts hosts;
    struct render render = {
        .options = options,
        .hosts = &hosts,
        .target = options->to ? options->to : "libvirt",
        .folder = is_folder(options->output),
    };
    int status;

    if (check_usage(options, render.target, operands) != CLI_CLEAN ||
        cli_crew_parse(&cli_render, options->jobs, &render.threads) != CLI_CLEAN) {
        return CLI_USAGE;
    }
    cli_jobs_init(&render.jobs, options->force, options->color);
    render.jobs.target = render.target;
    status = cli_hosts_init(&hosts, options->host, options->firmware_root);
    cli_worsen(&status, cli_id_init(&cli_render, &options->id, &render.id));
    if (status == CLI_CLEAN) {
        status = render_all(&render, operands);
    }
    cli_id_clear(&render.id);
    cli_hosts_clear(&hosts);
    cli_jobs_clear(&render.jobs);
    return status;
}

const struct cli_command cli_render = {
    .name = "render",
    .operands = "PROFILE…",
    .values = CLI_FILE,
    .most = G_MAXUINT,
    .summary = N_("Turn profiles into domain XML for a host, or into what QEMU, systemd, "
                  "virt-install or KubeVirt take."),
    .description = N_("PROFILE is a file, or - for standard input. Nothing is rendered while a "
                      "rule of severity error has a finding that no comment suppresses. Without "
                      "--host the host that the profile names is taken, or the bundled "
                      "epyc-genoa-snp."),
    .options = options_table,
    .size = sizeof(struct render_options),
    .run = run,
};
