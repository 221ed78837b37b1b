dist_man_MANS += docs/cvmdom-attest.7
dist_man_MANS += docs/cvmdom-host.1
dist_man_MANS += docs/cvmdom-lint.7
dist_man_MANS += docs/cvmdom-profile.5
dist_man_MANS += docs/cvmdom-qemu.7
dist_man_MANS += docs/cvmdom.1
