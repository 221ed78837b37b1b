/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The CPU model and the guest's own topology. */
#include "resolve/choose.h"

#include <string.h>

#include "util/i18n.h"
#include "util/number.h"

/* Families of QEMU's EPYC models, newest first. Plain EPYC is Naples; its version 4
 * is the oldest model that AMD's launch script for SEV-SNP guests (AMDSEV, launch-qemu.sh) takes.
 */
static const char *const families[] = { "EPYC-Turin", "EPYC-Genoa", "EPYC-Milan", "EPYC-Rome",
                                        "EPYC" };
enum { SNP_LEAST_PLAIN_VERSION = 4, WORTH = 100 };

/* -1 for what is no EPYC; else the greater the newer. */
static int
age_rank(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(families); i++) {
        size_t length = strlen(families[i]);
        uint64_t version = 0;

        if (strncmp(name, families[i], length) != 0) {
            continue;
        }
        if (name[length] == '\0' ||
            (g_str_has_prefix(name + length, "-v") &&
             cvm_number_parse_decimal(name + length + 2, &version) && version < WORTH)) {
            return (int)(G_N_ELEMENTS(families) - i) * WORTH + (int)version;
        }
    }
    return -1;
}

static gboolean
fits_guest(const struct cvm_choice *choice, const char *name)
{
    return choice->guest != CVM_GUEST_SEV_SNP || age_rank(name) >= WORTH + SNP_LEAST_PLAIN_VERSION;
}

static gboolean
is_usable(const struct cvm_domcaps *caps, const char *name)
{
    for (unsigned i = 0; i < caps->n_models; i++) {
        if (g_str_equal(caps->models[i].name, name)) {
            return caps->models[i].usable == CVM_YES;
        }
    }
    return FALSE;
}

static const char *
newest_usable(const struct cvm_choice *choice, const struct cvm_domcaps *caps)
{
    const char *best = NULL;

    for (unsigned i = 0; i < caps->n_models; i++) {
        const struct cvm_cpu_model *model = &caps->models[i];

        if (model->usable == CVM_YES && age_rank(model->name) >= 0 &&
            fits_guest(choice, model->name) && (!best || age_rank(model->name) > age_rank(best))) {
            best = model->name;
        }
    }
    return best;
}

/* A named model, so that the launch measurement does not change with the host's microcode. */
static void
choose_named(struct cvm_choice *choice)
{
    const struct cvm_domcaps *caps = &choice->host->domcaps;
    const char *reason =
        _("the host's own model by name, which stays when the host's microcode changes");
    const char *model = caps->host_model;

    if (!model || !is_usable(caps, model) || !fits_guest(choice, model)) {
        model = newest_usable(choice, caps);
        reason = _("the newest EPYC model that this host can run");
    }
    if (model) {
        cvm_choose_text(choice, "mode", &choice->domain->cpu.mode, "custom", reason);
        cvm_choose_text(choice, "model", &choice->domain->cpu.model, model, reason);
    }
}

static void
choose_model(struct cvm_choice *choice)
{
    struct cvm_cpu *cpu = &choice->domain->cpu;

    if (cvm_is_set(cpu->model)) {
        cvm_choose_text(choice, "mode", &cpu->mode, "custom", _("a model is named"));
        return;
    }
    if (cpu->model.from.origin == CVM_INVALID) {
        return;
    }
    if (choice->tcg) {
        cvm_choose_text(choice, "mode", &cpu->mode, "maximum",
                        _("an emulated CPU can have all that QEMU emulates"));
        return;
    }
    if (choice->host && choice->host->has_domcaps &&
        (cpu->mode.from.origin == CVM_UNSET || cvm_text_is(cpu->mode, "custom"))) {
        choose_named(choice);
    }
    cvm_choose_text(choice, "mode", &cpu->mode, "host-passthrough",
                    _("no named model is known to run on the host"));
}

static gboolean
any_given(const struct cvm_vcpu *vcpu)
{
    return cvm_is_set(vcpu->sockets) || cvm_is_set(vcpu->dies) || cvm_is_set(vcpu->cores) ||
           cvm_is_set(vcpu->threads);
}

/* libvirt wants sockets, cores and threads together, and their product to be the vCPU count. */
static void
complete_topology(struct cvm_choice *choice)
{
    struct cvm_vcpu *vcpu = &choice->domain->vcpu;
    const char *reason = _("what is left for the product to be the number of vCPUs");
    uint64_t count = cvm_is_set(vcpu->count) ? vcpu->count.value : 1;
    uint64_t rest;

    if (!any_given(vcpu)) {
        return;
    }
    cvm_choose_in(choice, "vcpu.topology", &vcpu->from);
    cvm_choose_uint(choice, "dies", &vcpu->dies, 1, _("one die a socket"));
    cvm_choose_uint(choice, "threads", &vcpu->threads, 1, _("one thread a core"));
    if (!cvm_is_set(vcpu->cores)) {
        cvm_choose_uint(choice, "sockets", &vcpu->sockets, 1, _("one socket"));
        rest = MAX(vcpu->sockets.value * vcpu->dies.value * vcpu->threads.value, 1);
        cvm_choose_uint(choice, "cores", &vcpu->cores, MAX(count / rest, 1), reason);
    } else {
        rest = MAX(vcpu->cores.value * vcpu->dies.value * vcpu->threads.value, 1);
        cvm_choose_uint(choice, "sockets", &vcpu->sockets, MAX(count / rest, 1), reason);
    }
}

void
cvm_resolve_cpu(struct cvm_choice *choice)
{
    unsigned index = 0;

    cvm_choose_in(choice, "cpu", &choice->domain->cpu.from);
    choose_model(choice);
    cvm_each (struct cvm_cell, cell, &choice->domain->cpu.numa) {
        cvm_choose_uint(choice, "numa.id", &cell->id, index++,
                        _("cells are numbered as they are listed"));
    }
    cvm_each (struct cvm_cpu_feature, feature, &choice->domain->cpu.feature) {
        cvm_choose_text(choice, "feature.policy", &feature->policy, "require",
                        _("a feature that is listed is wanted"));
    }
    complete_topology(choice);
}
