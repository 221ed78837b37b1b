# Tests of placement: libcvmdom-place, which they are linked with, insides and all.
if HAVE_CHECK
place_unit_tests = \
    tests/unit/test_first_fit \
    tests/unit/test_fleet_place \
    tests/unit/test_place \
    tests/unit/test_place_conflict
check_PROGRAMS += $(place_unit_tests)
TESTS += $(place_unit_tests)
endif
place_ldadd = src/libcvm-place.la src/libcvm-core.la $(GLPK_LIBS) $(CHECK_LIBS)
tests_unit_test_first_fit_LDADD = $(place_ldadd)
tests_unit_test_fleet_place_LDADD = $(place_ldadd)
tests_unit_test_place_LDADD = $(place_ldadd)
tests_unit_test_place_conflict_LDADD = $(place_ldadd)
EXTRA_DIST += tests/unit/place_fixture.h
