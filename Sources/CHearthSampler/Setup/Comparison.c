// The handler's walks outside our handler, for tests and benches that compare them. From a signal handler of the caller's
// they are as safe as in ours.
#include "../Handler/Unwind.h"
#include "Setup.h"

#include <pthread.h>

uintptr_t hearth_own_stack_high(void) {
    uintptr_t high = 0;
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        void *low;
        size_t size;
        if (pthread_attr_getstack(&attributes, &low, &size) == 0) high = (uintptr_t)low + size;
        pthread_attr_destroy(&attributes);
    }
    return high;
}

bool hearth_walk_from(enum hearth_unwinder unwinder, void *context, uintptr_t stack_high, bool keep_run_loop,
                      struct hearth_walked *walked) {
    struct hearth_registers registers = hearth_interrupted_registers(context);
    struct hearth_stack_reader reader = {0};
    if (registers.sp < stack_high) reader = (struct hearth_stack_reader){.low = registers.sp, .high = stack_high};
    struct hearth_walk walk = {.frames = walked->frames};
    bool kept = hearth_state.keep_run_loop;
    hearth_state.keep_run_loop = keep_run_loop;
    switch (unwinder) {
    case hearth_unwinder_hybrid:
        hearth_walk_hybrid(&walk, registers, &reader, atomic_load_explicit(&hearth_state.modules, memory_order_acquire));
        break;
    case hearth_unwinder_frame_pointers: hearth_walk_frame_pointers(&walk, registers, &reader); break;
    case hearth_unwinder_libunwind: hearth_walk_libunwind(&walk, context); break;
    }
    hearth_state.keep_run_loop = kept;
    walked->count = walk.count;
    walked->flags = walk.flags;
    return !(walk.flags & hearth_sample_gave_up);
}
