// libunwind, opened at run time. Linked, it would stand before libgcc_s with its own _Unwind_RaiseException, and every
// C++ exception of the host would go through it, some twenty times slower; RTLD_LOCAL keeps its symbols to ourselves.
#define UNW_LOCAL_ONLY
#include <libunwind.h>

#include "Setup.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

extern int (*hearth_unw_init_local2)(unw_cursor_t *, unw_context_t *, int);
extern int (*hearth_unw_step)(unw_cursor_t *);
extern int (*hearth_unw_get_reg)(unw_cursor_t *, unw_regnum_t, unw_word_t *);
extern int (*hearth_unw_is_signal_frame)(unw_cursor_t *);

// The header's names are macros for the symbols of this processor.
#define QUOTED(name) #name
#define SYMBOL(name) QUOTED(name)

static char error[256];
static bool opened;

static void open_once(void) {
    void *library = dlopen("libunwind.so.8", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *why = dlerror();
        snprintf(error, sizeof error, "%s", why ? why : "libunwind.so.8 cannot be opened");
        return;
    }
    hearth_unw_init_local2 = (int (*)(unw_cursor_t *, unw_context_t *, int))dlsym(library, SYMBOL(unw_init_local2));
    hearth_unw_step = (int (*)(unw_cursor_t *))dlsym(library, SYMBOL(unw_step));
    hearth_unw_get_reg =
        (int (*)(unw_cursor_t *, unw_regnum_t, unw_word_t *))dlsym(library, SYMBOL(unw_get_reg));
    hearth_unw_is_signal_frame = (int (*)(unw_cursor_t *))dlsym(library, SYMBOL(unw_is_signal_frame));
    if (!hearth_unw_init_local2 || !hearth_unw_step || !hearth_unw_get_reg || !hearth_unw_is_signal_frame) {
        snprintf(error, sizeof error, "libunwind.so.8 lacks a function that is needed");
        return;
    }
    // Its first walk on a thread maps memory and masks signals; the first in the process also reads the modules.
    unw_context_t context;
    unw_cursor_t cursor;
    getcontext(&context);
    if (hearth_unw_init_local2(&cursor, &context, 0) == 0) {
        while (hearth_unw_step(&cursor) > 0) {}
    }
    opened = true;
}

bool hearth_libunwind_open(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, open_once);
    return opened;
}

const char *hearth_libunwind_error(void) { return error; }
