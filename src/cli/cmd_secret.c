/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets for a guest whose launch was verified: into files, or through libvirt into the guest.
 * There is no way around the verification: who packs a secret for a guest that is not known gives
 * it to whoever started that. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/secrets.h"
#include "cli/verify.h"
#include "util/file.h"

struct secret_options {
    struct cli_launch_options launch;
    struct verify_launch_options measured;
    GPtrArray *raw, *base64;
    const char *header, *payload;
    gboolean inject;
};

static const struct cli_option options_table[] = {
    { .name = "secret",
      .argument = "NAME:FILE",
      .many = TRUE,
      .offset = offsetof(struct secret_options, raw),
      .help = N_("a secret, by its name (luks-key) or GUID, and the file that it is in, '-' for "
                 "standard input: its bytes as they are; may be repeated") },
    { .name = "base64-secret",
      .argument = "NAME:FILE",
      .many = TRUE,
      .offset = offsetof(struct secret_options, base64),
      .help = N_("the same of a file that has it in base64; may be repeated") },
    { .name = "header",
      .argument = "FILE",
      .values = CLI_FILE,
      .offset = offsetof(struct secret_options, header),
      .help = N_("write the packet's header there, for virsh domsetlaunchsecstate --secrethdr") },
    { .name = "payload",
      .argument = "FILE",
      .values = CLI_FILE,
      .offset = offsetof(struct secret_options, payload),
      .help = N_("write the encrypted secrets there, for virsh domsetlaunchsecstate --secret") },
    { .name = "inject",
      .offset = offsetof(struct secret_options, inject),
      .help = N_("give them to the guest through the connection") },
    VERIFY_LAUNCH_ROWS(struct secret_options, measured),
    CLI_LAUNCH_ROWS(struct secret_options, launch),
    { 0 },
};

struct packing {
    const struct secret_options *options;
    const struct cli_launch *launch;
    const struct cli_attest *attest;
    struct verify_proof proof;
    size_t room; /* bytes of the firmware's secret area */
    struct cvmdom_secret_packet packet;
};

/* ---- what is asked for ---- */

static guint
count_stdin(const char *const *words)
{
    guint count = 0;

    for (; words && *words; words++) {
        const char *path = strchr(*words, ':');

        count += g_strcmp0(path, ":-") == 0;
    }
    return count;
}

static gboolean
check_options(const struct secret_options *options)
{
    const struct verify_launch_options *measured = &options->measured;
    const char *const keys[] = { measured->tik, measured->tek, measured->tk };
    guint inputs = count_stdin(cli_list(options->raw)) + count_stdin(cli_list(options->base64));

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        inputs += g_strcmp0(keys[i], "-") == 0;
    }
    if (!cli_list(options->raw) && !cli_list(options->base64)) {
        cli_usage(&cli_secret, _("there is no secret: name one by --secret luks-key:FILE"));
    } else if (inputs > 1) {
        cli_usage(&cli_secret, _("only one of keys and secrets can come from standard input"));
    } else if (options->inject && (options->header || options->payload)) {
        cli_usage(&cli_secret, _("--inject writes no files: use it, or --header and --payload"));
    } else if (options->inject && !measured->connect.uri) {
        cli_usage(&cli_secret, _("--inject needs --connect: the libvirt that runs the guest"));
    } else if (!options->inject && (!options->header || !options->payload)) {
        cli_usage(&cli_secret, _("say where the secrets go: --header and --payload name two new "
                                 "files, --inject gives them to the guest"));
    } else {
        return verify_launch_check(&cli_secret, measured);
    }
    return FALSE;
}

/* ---- where it goes ---- */

static int
check_type(const struct packing *packing)
{
    const char *guest = packing->launch->launch.guest;
    const char *title = cli_job_title(packing->launch->job);

    if (g_strcmp0(guest, "sev") == 0 || g_strcmp0(guest, "sev-es") == 0) {
        return CLI_CLEAN;
    }
    if (g_strcmp0(guest, "sev-snp") == 0) {
        cli_say(_("'%1$s' is a SEV-SNP guest, which takes no secret from outside: let it fetch its "
                  "secrets, when it runs, from a key broker that verifies its attestation report "
                  "first, as 'cvmdom verify --report' does"),
                title);
    } else {
        cli_say(_("'%1$s' is no SEV or SEV-ES guest: nothing can be injected into it"), title);
    }
    return CLI_UNREADABLE;
}

/* An image without a use for secrets may have the area's entry nevertheless, with zeros, and QEMU
 * would write to address 0. */
static int
check_area(struct packing *packing)
{
    const cvmdom_firmware *firmware = packing->launch->firmware;
    const char *title = cli_job_title(packing->launch->job);
    const char *named = packing->launch->launch.firmware;
    struct cvmdom_firmware_facts facts;

    if (!firmware) {
        cli_say(_("'%1$s': its firmware '%2$s' is not here to be measured: name a copy with "
                  "--firmware"),
                title, named ? named : "");
        return CLI_UNREADABLE;
    }
    cvmdom_firmware_describe(firmware, &facts);
    if (facts.secret == 0 || facts.secret_size == 0) {
        cli_say(
            _("'%1$s': its firmware '%2$s' has no area for secrets, and would find none that is "
              "injected; use an image that has one, such as EDK II's OvmfPkg/AmdSev, and verify "
              "the guest anew"),
            cli_job_title(packing->launch->job), cvmdom_firmware_name(packing->launch->firmware));
        return CLI_UNREADABLE;
    }
    packing->room = facts.secret_size;
    return CLI_CLEAN;
}

/* ---- files ---- */

static int
write_base64(const char *path, const unsigned char *data, size_t size)
{
    g_autofree char *text = g_base64_encode(data, size);
    GError *cause = NULL;

    if (cvm_file_write_new(path, text, strlen(text), 0600, &cause) == 0) {
        return CLI_CLEAN;
    }
    cli_say("%s", cause->message);
    g_error_free(cause);
    return CLI_UNREADABLE;
}

/* Both or none. */
static int
write_files(const struct packing *packing)
{
    const struct secret_options *options = packing->options;
    const struct cvmdom_secret_packet *packet = &packing->packet;
    sigset_t before;
    int status;

    cvm_signals_hold(&before);
    status = write_base64(options->header, packet->header, sizeof(packet->header));
    if (status == CLI_CLEAN) {
        status = write_base64(options->payload, packet->payload, packet->size);
        if (status != CLI_CLEAN) {
            unlink(options->header);
        }
    }
    cvm_signals_release(&before);
    return status;
}

/* ---- libvirt ---- */

static const char *
domain_name(const struct packing *packing)
{
    const char *name = packing->options->measured.domain;

    return name ? name : cvmdom_domain_name(packing->launch->job->domain);
}

static int
inject(const struct packing *packing)
{
    const struct cli_connect_options *connect = &packing->options->measured.connect;
    const struct cvmdom_injection injection = {
        .header = packing->packet.header,
        .header_size = sizeof(packing->packet.header),
        .payload = packing->packet.payload,
        .payload_size = packing->packet.size,
    };
    struct cli_connection connection;
    cvmdom_error *error = NULL;
    int status = cli_virt_connect(&cli_secret, connect->uri, FALSE, connect->timeout, &connection);

    if (status != CLI_CLEAN) {
        return status;
    }
    if (connection.virt->inject(connection.connection, domain_name(packing), &injection, &error) <
        0) {
        gboolean refused = cvmdom_error_code(error) == CVMDOM_ERROR_REFUSED;

        status = cli_virt_fail(error);
        status = refused ? CLI_FINDINGS : status;
    }
    cli_virt_disconnect(&connection);
    return status;
}

/* ---- the command ---- */

static int
pack(struct packing *packing)
{
    const struct secret_options *options = packing->options;
    int status = CLI_CLEAN;
    struct cli_secrets *secrets =
        cli_secrets_read(&cli_secret, cli_list(options->raw), cli_list(options->base64), &status);
    cvmdom_error *error = NULL;

    if (!secrets) {
        return status;
    }
    if (packing->attest->secret_pack((const struct cvmdom_secret *)(void *)secrets->list->data,
                                     secrets->list->len, packing->room, &packing->proof.measurement,
                                     &packing->proof.keys, &packing->packet, &error) < 0) {
        status = cli_fail(error);
    }
    cli_secrets_free(secrets);
    return status;
}

/* A word of a shell's command line, for a terminal. */
static void
put_word(const char *word)
{
    gboolean simple =
        *word && strspn(word, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_./:+-@?=") == strlen(word);
    g_autofree char *text = simple ? g_strdup(word) : g_shell_quote(word);

    cli_make_plain(text);
    printf(" %s", text);
}

/* How the files get to the guest. */
static void
print_command(const struct packing *packing)
{
    const struct secret_options *options = packing->options;
    const char *const words[] = {
        "domsetlaunchsecstate", domain_name(packing), "--secrethdr",
        options->header,        "--secret",           options->payload,
    };

    printf("  virsh");
    if (options->measured.connect.uri) {
        put_word("-c");
        put_word(options->measured.connect.uri);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        put_word(words[i]);
    }
    putchar('\n');
}

static void
tell(const struct packing *packing)
{
    g_autofree char *name = g_strdup(domain_name(packing));
    const size_t size = packing->packet.size;

    cli_make_plain(name);
    if (packing->options->inject) {
        printf(_("'%1$s': verified, and given the secrets (%2$zu of %3$zu bytes); 'virsh resume "
                 "%1$s' lets it run\n"),
               name, size, packing->room);
    } else {
        printf(_("'%1$s': verified; the secrets (%2$zu of %3$zu bytes) are for this launch, while "
                 "it is paused:\n"),
               name, size, packing->room);
        print_command(packing);
    }
}

static int
deliver(struct packing *packing)
{
    static const int statuses[] = {
        [VERIFY_MATCHES] = CLI_CLEAN,
        [VERIFY_DIFFERS] = CLI_FINDINGS,
        [VERIFY_USAGE] = CLI_USAGE,
        [VERIFY_INSECURE] = CLI_FINDINGS,
        [VERIFY_CONFIGURATION] = CLI_FINDINGS,
        [VERIFY_STATE] = CLI_FINDINGS,
        [VERIFY_FAILED] = CLI_UNREADABLE,
    };
    const struct verify_context context = {
        .command = &cli_secret,
        .launch = packing->launch,
        .host = packing->options->launch.host,
        .firmware_root = packing->options->launch.firmware_root,
        .try_firmware = packing->options->measured.try_firmware,
        .insecure = packing->options->measured.insecure,
    };
    int status = check_type(packing);

    if (status == CLI_CLEAN) {
        status = check_area(packing);
    }
    if (status == CLI_CLEAN) {
        status = statuses[verify_launch(&context, &packing->options->measured, &packing->proof)];
    }
    if (status == CLI_CLEAN) {
        status = pack(packing);
    }
    if (status == CLI_CLEAN) {
        status = packing->options->inject ? inject(packing) : write_files(packing);
    }
    if (status == CLI_CLEAN) {
        tell(packing);
    }
    return status;
}

static int
run(const void *data, const char *const *operands)
{
    struct packing packing = { .options = data };
    struct cli_launches launches;
    int status;

    if (!check_options(packing.options)) {
        return CLI_USAGE;
    }
    packing.attest = cli_attest_load();
    if (!packing.attest) {
        return CLI_UNREADABLE;
    }
    status = cli_launches_read(&cli_secret, &packing.options->launch, operands[0],
                               CLI_LAUNCH_FIRMWARE, &launches);
    if (status == CLI_CLEAN) {
        packing.launch = cli_launches_only(&cli_secret, &launches);
        status = packing.launch ? deliver(&packing) : CLI_USAGE;
    }
    packing.attest->launch_keys_clear(&packing.proof.keys);
    cli_launches_clear(&launches);
    return status;
}

const struct cli_command cli_secret = {
    .name = "secret",
    .operands = "PROFILE|DOMAIN.xml",
    .values = CLI_FILE,
    .least = 1,
    .most = 1,
    .summary = N_("Encrypt secrets for a guest whose launch is verified, and inject them."),
    .description =
        N_("For SEV and SEV-ES guests that were started paused. The guest's measurement is judged "
           "first, as 'verify' does it, and a guest whose measurement differs gets nothing: no "
           "option changes that. A secret is the bytes of its file: nothing is added, and nothing "
           "removed, a newline at the end neither. SEV-SNP guests take no secret from outside; "
           "they fetch theirs from a key broker that verifies their attestation report. Exit "
           "status: 0 done, 1 the guest could not be verified or did not take the secrets, 2 "
           "something could not be read or written, 3 wrong usage."),
    .options = options_table,
    .size = sizeof(struct secret_options),
    .run = run,
};
