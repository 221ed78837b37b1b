/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* 8xx: what a profile asks for and QEMU is not given, since its command line has no words for it,
 * or since nobody is there who would do it. */
#include "rules/rule.h"
#include "util/i18n.h"
#include "util/number.h"

/* Devices may be JSON since 6.2 (qemu-options.hx; libvirt's QEMU_CAPS_DEVICE_JSON), networks since
 * 7.2 (net/net.c, netdev_is_modern); objects and block devices longer. */
#define QEMU_DEVICE_JSON CVM_VERSION(6, 2, 0)
#define QEMU_NETDEV_JSON CVM_VERSION(7, 2, 0)

/* ---- 850 qemu-without-c-bit ---- */

/* QEMU has no default for either, and refuses an object without (qapi/qom.json,
 * SevCommonProperties). */
static void
check_c_bit(struct cvm_check *check)
{
    const struct cvm_launch *launch = &check->domain->launch;
    gboolean c_bit = cvm_is_unset(launch->cbitpos);

    if (check->host && check->host->domcaps.sev == CVM_NO) {
        return; /* CVM701 says that there is none */
    }
    if (c_bit || cvm_is_unset(launch->reduced_phys_bits)) {
        cvm_fix(cvm_report(check, &launch->from,
                           _("QEMU has to be told the encryption bit's place and the address bits "
                             "that encryption costs, and '%s' is not known: it does not start."),
                           c_bit ? "cbitpos" : "reducedPhysBits"),
                _("Name the host, whose capabilities tell both, by --host: libvirt finds them out "
                  "by itself, QEMU does not."));
    }
}

/* ---- 851 qemu-before-json ---- */

static void
check_syntax(struct cvm_check *check)
{
    gboolean network = check->domain->devices.interface.count > 0;
    unsigned least = network ? QEMU_NETDEV_JSON : QEMU_DEVICE_JSON;
    unsigned version = check->host->qemu_version;
    g_autofree char *known = cvm_version_format(version);
    g_autofree char *wanted = cvm_version_format(least);

    if (version && version < least) {
        cvm_fix(cvm_report(check, &check->domain->from,
                           _("QEMU '%1$s' of host '%2$s' does not read a command line with devices "
                             "and networks in JSON, as they are written here: it does not start."),
                           known, cvm_host_title(check->host)),
                _("Use QEMU '%s' or newer, or let libvirt start the guest."), wanted);
    }
}

/* ---- 852 qemu-pins ---- */

/* A set that differs from the first one. */
static gboolean
differs(const struct cvm_text **first, const struct cvm_text *cpuset)
{
    if (!cvm_is_set(*cpuset)) {
        return FALSE;
    }
    if (!*first) {
        *first = cpuset;
    }
    return !g_str_equal((*first)->value, cpuset->value);
}

static gboolean
any_differs(const struct cvm_vcpu *vcpu)
{
    const struct cvm_text *first = NULL;
    gboolean found = differs(&first, &vcpu->cpuset);

    found |= differs(&first, &vcpu->emulatorpin);
    cvm_each (struct cvm_pin, pin, &vcpu->pin) {
        found |= differs(&first, &pin->cpuset);
    }
    cvm_each (struct cvm_pin, pin, &vcpu->iothreadpin) {
        found |= differs(&first, &pin->cpuset);
    }
    return found;
}

static void
check_pins(struct cvm_check *check)
{
    const struct cvm_vcpu *vcpu = &check->domain->vcpu;

    if (!any_differs(vcpu)) {
        return;
    }
    cvm_fix(cvm_report(check, vcpu->pin.count > 0 ? &vcpu->pin.from : &vcpu->from,
                       _("QEMU's command line does not say on which CPU a thread runs: all threads "
                         "of the guest are kept to the CPUs of all pins together, and move among "
                         "them; where a vCPU has no pin, they are not kept to any.")),
            _("Pin each thread once the guest runs ('query-cpus-fast' on its monitor tells their "
              "numbers, 'taskset --pid' pins), or let libvirt start it."));
}

/* ---- 853 qemu-libvirts-choice ---- */

static void
check_choices(struct cvm_check *check)
{
    const struct cvm_os *os = &check->domain->os;
    const struct cvm_text *mode = &check->domain->cpu.mode;

    if (cvm_text_is(os->firmware, "efi") && os->loader.from.origin == CVM_UNSET) {
        cvm_fix(cvm_report(check, &os->firmware.from,
                           _("'efi' leaves the choice of an image to libvirt. QEMU makes none, and "
                             "starts a BIOS instead, from which no encrypted guest boots.")),
                _("Say 'firmware: auto' to have the image chosen here, or name it as 'loader'."));
    }
    if (cvm_text_is(*mode, "host-model")) {
        cvm_fix(cvm_report(check, &mode->from,
                           _("'host-model' is made of a model and features by libvirt. QEMU does "
                             "not know it, and would get 'host', which is another CPU.")),
                _("Name a model, or say 'host-passthrough'."));
    }
}

/* ---- 854 qemu-unattended ---- */

/* Of a guest that ends: QEMU itself can stay, or reset it, and no more. */
static void
check_event(struct cvm_check *check, const struct cvm_text *action, gboolean reset)
{
    if (!cvm_is_set(*action) || cvm_text_is(*action, "destroy") ||
        cvm_text_is(*action, "preserve") || (reset && cvm_text_is(*action, "restart"))) {
        return;
    }
    cvm_fix(cvm_report(check, &action->from,
                       _("Nobody does '%s' where libvirt does not attend to the guest: QEMU ends."),
                       action->value),
            _("Say 'destroy' or 'preserve', or let libvirt start the guest."));
}

static void
check_unattended(struct cvm_check *check)
{
    const struct cvm_domain *domain = check->domain;
    const struct cvm_uint *hard_limit = &domain->memory.hard_limit;

    check_event(check, &domain->on_poweroff, FALSE);
    check_event(check, &domain->on_reboot, TRUE);
    check_event(check, &domain->on_crash, FALSE);
    if (cvm_is_set(*hard_limit)) {
        cvm_report_as(check, CVM_NOTE, &hard_limit->from,
                      _("Only the systemd unit keeps QEMU to a limit of memory (MemoryMax=): the "
                        "script sees to it that so much may be locked, and sets no limit."));
    }
}

const struct cvm_rule cvm_rules_qemu[] = {
    { "CVM850", "qemu-without-c-bit", CVM_SEVERE, CVM_GUEST_AMD, FALSE,
      N_("QEMU has to be told what libvirt finds out by itself: the encryption bit's place."),
      check_c_bit },
    { "CVM851", "qemu-before-json", CVM_SEVERE, 0, TRUE,
      N_("QEMU before 6.2, with a network before 7.2, cannot read a command line in JSON."),
      check_syntax },
    { "CVM852", "qemu-pins", CVM_WARNING, 0, FALSE,
      N_("QEMU's command line cannot pin one thread here and another one there."), check_pins },
    { "CVM853", "qemu-libvirts-choice", CVM_SEVERE, 0, FALSE,
      N_("Firmware and CPU that libvirt was to choose are chosen by nobody."), check_choices },
    { "CVM854", "qemu-unattended", CVM_WARNING, 0, FALSE,
      N_("What libvirt does when a guest ends, or takes too much memory, nobody does."),
      check_unattended },
    { 0 },
};
