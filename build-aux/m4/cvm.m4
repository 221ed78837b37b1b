# Compiler flags of the project: warnings and hardening always, -Werror and sanitizers on request.

AC_DEFUN([CVM_TRY_CFLAG], [
    AC_MSG_CHECKING([whether $CC takes $1])
    cvm_saved_cflags=$CFLAGS
    CFLAGS="$CFLAGS -Werror $1"
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])],
        [AC_MSG_RESULT([yes]); WARN_CFLAGS="$WARN_CFLAGS $1"], [AC_MSG_RESULT([no])])
    CFLAGS=$cvm_saved_cflags
])

AC_DEFUN([CVM_WARNINGS], [
    AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [turn warnings into errors])],
        [], [enable_werror=no])
    WARN_CFLAGS=
    m4_foreach_w([cvm_flag], [-Wall -Wextra -Wshadow -Wformat=2 -Wmissing-prototypes -Wstrict-prototypes
        -Wpointer-arith -Wwrite-strings -Wundef -Wvla -Wdouble-promotion -Wno-format-nonliteral],
        [CVM_TRY_CFLAG(cvm_flag)])
    AS_IF([test "$enable_werror" = yes], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
    AC_SUBST([WARN_CFLAGS])
])

AC_DEFUN([CVM_SANITIZERS], [
    AC_ARG_ENABLE([sanitizers],
        [AS_HELP_STRING([--enable-sanitizers], [build with AddressSanitizer and UndefinedBehaviorSanitizer])],
        [], [enable_sanitizers=no])
    AS_IF([test "$enable_sanitizers" = yes],
        [CFLAGS="$CFLAGS -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -DCVM_SANITIZERS"])
    AM_CONDITIONAL([SANITIZERS], [test "$enable_sanitizers" = yes])
    AC_ARG_ENABLE([thread-sanitizer],
        [AS_HELP_STRING([--enable-thread-sanitizer], [build with ThreadSanitizer])],
        [], [enable_thread_sanitizer=no])
    AS_IF([test "$enable_thread_sanitizer" = yes],
        [CFLAGS="$CFLAGS -fsanitize=thread -fno-omit-frame-pointer"])
    AM_CONDITIONAL([THREAD_SANITIZER], [test "$enable_thread_sanitizer" = yes])
])

# Lines are counted as they are in the source: not optimised. What 'lint' confines itself to includes the folder where it counts.
AC_DEFUN([CVM_COVERAGE], [
    AC_ARG_ENABLE([coverage], [AS_HELP_STRING([--enable-coverage], [count which lines run, for make coverage])],
        [], [enable_coverage=no])
    AS_IF([test "$enable_coverage" = yes], [
        CFLAGS="$CFLAGS -O0 --coverage -fprofile-update=atomic"
        AC_DEFINE_UNQUOTED([COVERAGE_FOLDER], ["$PWD"], [Where a program that is built by --enable-coverage writes its counts.])])
])

# CVM_TRY_HARDENING(FLAGS, VARIABLE, [PROLOGUE]): adds the shell's words FLAGS to the variable when a program can be compiled and linked with
# them. Linked, since some compilers complain of a flag only then; optimised as it will be.
AC_DEFUN([CVM_TRY_HARDENING], [
    AC_MSG_CHECKING([whether $CC takes $1])
    cvm_saved_cflags=$CFLAGS
    CFLAGS="$WARN_CFLAGS $CFLAGS -Werror $1"
    AC_LINK_IFELSE([AC_LANG_SOURCE([$3
            int main(void) { return 0; }])],
        [AC_MSG_RESULT([yes])
         $2="$$2 $1"
         cvm_taken=yes],
        [AC_MSG_RESULT([no])
         cvm_taken=no])
    CFLAGS=$cvm_saved_cflags
])

# What distributions build with (Debian: dpkg-buildflags(1), hardening=+all), so that a build from the archive has it as well. CFLAGS and
# LDFLAGS of the user stand behind all of these on the command line, and win.
AC_DEFUN([CVM_HARDENING], [
    AC_ARG_ENABLE([hardening],
        [AS_HELP_STRING([--disable-hardening], [build without the compiler's and linker's protections])],
        [], [enable_hardening=yes])
    HARDEN_CFLAGS=
    HARDEN_LDFLAGS=
    PIE_LDFLAGS=
    cvm_fortified=0
    AS_IF([test "$enable_hardening" != no], [
        for cvm_flag in -fstack-protector-strong -fstack-clash-protection -fcf-protection \
            -mbranch-protection=standard -Werror=format-security; do
            CVM_TRY_HARDENING([$cvm_flag], [HARDEN_CFLAGS])
        done
        for cvm_flag in relro now noexecstack; do
            CVM_TRY_HARDENING([-Wl,-z,$cvm_flag], [HARDEN_LDFLAGS])
        done
        # libtool puts -fPIC behind -fPIE for objects of libraries; -pie is for the command's link alone.
        CVM_TRY_HARDENING([-fPIE -pie], [PIE_LDFLAGS])
        AS_IF([test $cvm_taken = yes], [HARDEN_CFLAGS="$HARDEN_CFLAGS -fPIE"; PIE_LDFLAGS=-pie])
        # Sanitizers check these calls better, and do not know their fortified names. -U is for compilers that fortify by themselves.
        AS_CASE(["$CPPFLAGS $CFLAGS"],
            [*-fsanitize=*], [],
            [*_FORTIFY_SOURCE*], [cvm_fortified=user],
            [for cvm_flag in 3 2; do
                AS_IF([test $cvm_fortified = 0], [
                    CVM_TRY_HARDENING([-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$cvm_flag], [HARDEN_CFLAGS], [
                        #include <string.h>
                        #ifndef __OPTIMIZE__
                        #error not optimised, so the C library fortifies nothing
                        #endif])
                    AS_IF([test $cvm_taken = yes], [cvm_fortified=$cvm_flag])])
            done])
    ])
    AC_SUBST([HARDEN_CFLAGS])
    AC_SUBST([HARDEN_LDFLAGS])
    AC_SUBST([PIE_LDFLAGS])
    AC_SUBST([FORTIFIED], [$cvm_fortified])
    AM_CONDITIONAL([HARDENING], [test "$enable_hardening" != no])
])

# Tables of pointers (rules, keys, messages) are moved to where the library is loaded: packed, what tells the loader to takes 3 KB of memory instead
# of 200. Run, since only glibc from 2.36 on can read it, whatever the linker knows.
AC_DEFUN([CVM_PACKED_RELOCATIONS], [
    AC_MSG_CHECKING([whether relocations can be packed])
    cvm_saved_ldflags=$LDFLAGS
    LDFLAGS="$LDFLAGS -Wl,-z,pack-relative-relocs"
    PACK_LDFLAGS=
    AC_RUN_IFELSE([AC_LANG_SOURCE([
            static const char *const volatile words@<:@@:>@ = { "0", "1" };
            int main(int argc, char **argv) { return words@<:@argc > 1@:>@@<:@0@:>@ != '0' || !argv; }])],
        [AC_MSG_RESULT([yes]); PACK_LDFLAGS=-Wl,-z,pack-relative-relocs],
        [AC_MSG_RESULT([no])],
        [AC_MSG_RESULT([unknown when cross-compiling])])
    LDFLAGS=$cvm_saved_ldflags
    AC_SUBST([PACK_LDFLAGS])
])
