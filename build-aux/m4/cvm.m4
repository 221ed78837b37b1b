# Compiler flags of the project: warnings always, -Werror and sanitizers on request.

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
        [CFLAGS="$CFLAGS -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"])
    AM_CONDITIONAL([SANITIZERS], [test "$enable_sanitizers" = yes])
])
