dist_man_MANS += docs/cvmdom.1
