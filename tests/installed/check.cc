/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An embedder in C++: check PROFILE HOST prints the findings, and ends with 1 when one is severe. */
#include <cvmdom/cvmdom.h>

#include <cstdlib>
#include <iostream>
#include <memory>

template <auto free_it> struct freed_by {
    template <typename T> void operator()(T *object) const
    {
        free_it(object);
    }
};

using Host = std::unique_ptr<cvmdom_host, freed_by<cvmdom_host_free>>;
using Domains = std::unique_ptr<cvmdom_domains, freed_by<cvmdom_domains_free>>;
using Findings = std::unique_ptr<cvmdom_findings, freed_by<cvmdom_findings_free>>;

int
main(int argc, char **argv)
{
    if (argc != 3) {
        return 3;
    }
    Host host(cvmdom_host_read(argv[2], nullptr));
    Domains domains(cvmdom_domains_read(argv[1], nullptr, nullptr));
    Findings findings(cvmdom_findings_new());

    if (!host || !domains) {
        return 2;
    }
    for (size_t i = 0; i < cvmdom_domains_count(domains.get()); i++) {
        cvmdom_domain *domain = cvmdom_domains_get(domains.get(), i);

        cvmdom_domain_resolve(domain, host.get());
        cvmdom_domain_check(domain, host.get(), findings.get());
    }
    for (size_t i = 0; i < cvmdom_findings_count(findings.get()); i++) {
        std::cout << cvmdom_finding_rule(findings.get(), i) << ' '
                  << cvmdom_finding_line(findings.get(), i) << '\n';
    }
    return cvmdom_findings_count_from(findings.get(), CVMDOM_SEVERE) ? 1 : 0;
}
