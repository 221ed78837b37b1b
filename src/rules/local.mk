# src/rules
src_libcvm_core_la_SOURCES += src/rules/rule.h
