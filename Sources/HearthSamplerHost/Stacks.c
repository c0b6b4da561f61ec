// Hosts whose stacks are deep, or nearly full.
#include "Host.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif

// MARK: Twenty thousand frames

static _Atomic uint64_t deep_samples, deep_whole;
__attribute__((noinline)) static int recurse(int depth) {
    if (depth == 0) host_burn(host_dose);
    else recurse(depth - 1);
    // After the call, so that it is no jump.
    __asm__ volatile("");
    return depth;
}
static void look_for_recursion(const struct hearth_sample *sample) {
    if (sample->frame_count != hearth_max_frames || !(sample->flags & hearth_sample_truncated)) return;
    deep_samples++;
    const uint64_t *frames = hearth_sample_frames(sample);
    // Both ends are there: near the leaf and at the root end all frames are of the one function.
    bool whole = sample->leaf_count == hearth_leaf_frames;
    for (int index = 20; index < hearth_max_frames - 40; index++) {
        uint64_t distance = (frames[index] & HEARTH_PC_MASK) - (uint64_t)(uintptr_t)recurse;
        whole = whole && distance < 4096;
    }
    if (whole) deep_whole++;
}
int recurses_deeply(void) {
    host_look_at_samples(look_for_recursion);
    host_start(4000);
    double start = host_process_seconds();
    recurse(20000);
    double used = host_process_seconds() - start;
    host_stop();
    printf("deep %llu whole %llu\n", (unsigned long long)deep_samples, (unsigned long long)deep_whole);
    return deep_samples > 50 && deep_samples == deep_whole && host_accounts_for(used, 0.00025) ? 0 : 1;
}

// MARK: A stack overflow that the host survives

// As language runtimes do: SIGSEGV on a stack of its own, a jump to where things were well.
static __thread sigjmp_buf landing;
static _Atomic int overflows;
static void survive(int number) {
    (void)number;
    atomic_fetch_add(&overflows, 1);
    siglongjmp(landing, 1);
}
static void *bottom_of_stack(void) {
    pthread_attr_t attributes;
    void *start = NULL;
    size_t size = 0;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstack(&attributes, &start, &size);
    pthread_attr_destroy(&attributes);
    return start;
}
__attribute__((noinline)) static int overflow(uintptr_t bottom) {
    volatile char frame[64];
    frame[0] = 1;
    // Slowly where a signal finds too little room.
    if ((uintptr_t)&frame[0] - bottom < 12288) {
        for (volatile int turn = 0; turn < 4000; turn++) {}
    }
    int result = overflow(bottom);
    __asm__ volatile("" : : "r"(&frame[0]) : "memory");
    return result;
}
static void *overflow_again_and_again(void *nothing) {
    stack_t stack = {.ss_size = 65536};
    stack.ss_sp = malloc(stack.ss_size);
    sigaltstack(&stack, NULL);
    uintptr_t bottom = (uintptr_t)bottom_of_stack();
    double end = host_thread_seconds() + host_dose;
    while (host_thread_seconds() < end) {
        if (sigsetjmp(landing, 1) == 0) overflow(bottom);
    }
    // It must go on being sampled, whatever befell its signals.
    uint64_t before = host_drained();
    while (host_drained() < before + 5) host_burn(0.01);
    stack.ss_flags = SS_DISABLE;
    sigaltstack(&stack, NULL);
    free(stack.ss_sp);
    return nothing;
}
static int survives_at(uint64_t hertz) {
    host_start(hertz);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 65536);
    double start = host_process_seconds();
    pthread_t thread;
    pthread_create(&thread, &attributes, overflow_again_and_again, NULL);
    pthread_join(thread, NULL);
    double used = host_process_seconds() - start;
    host_stop();
    struct hearth_counters counters = hearth_read_counters();
    printf("%llu Hz: overflows %d of %.1f s, no room %llu, no buffer %llu\n", (unsigned long long)hertz,
           atomic_load(&overflows), used, (unsigned long long)counters.lost_no_room,
           (unsigned long long)counters.lost_no_scratch);
    // A fault in our handler is jumped out of, with a buffer of the pool in its hand.
    return overflows > 100 && counters.lost_no_scratch == 0 && host_handlers_have_ended() ? 0 : 1;
}
int overflows_its_stack(void) {
    struct sigaction action = {.sa_handler = survive, .sa_flags = SA_ONSTACK | SA_NODEFER};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    return survives_at(100) | survives_at(4000);
}

// MARK: Nearly no room below the stack pointer

// From here down the kernel's own frame (with the 128 bytes that it spares) and that of the first functions do not fit, and that
// is nearly the host's end without us as well.
static uintptr_t least_room(void) { return getauxval(AT_MINSIGSTKSZ) + 640; }

static uint64_t seen(void) {
    struct hearth_counters counters = hearth_read_counters();
    return counters.samples + counters.lost_no_room + counters.lost_ring_full + counters.lost_no_scratch;
}
// Runs with `room` bytes between its stack pointer and the end of the stack until the clock has fired there.
__attribute__((noinline)) static void stay(void) {
    struct hearth_counters counters = hearth_read_counters();
    (void)counters;
    for (volatile int turn = 0; turn < 5000000; turn++) {}
}
__attribute__((noinline)) static void descend(uintptr_t bottom, uintptr_t room) {
    uintptr_t here = (uintptr_t)__builtin_frame_address(0) - 64;
    if (here - bottom > room + 16) {
        volatile char *filler = __builtin_alloca(here - bottom - room);
        filler[0] = 1;
        stay();
    } else {
        stay();
    }
    // After the call: a jump would give the room back first.
    __asm__ volatile("");
}
static void *sink(void *nothing) {
    uintptr_t bottom = (uintptr_t)bottom_of_stack();
    for (int round = 0; round < host_dose; round++) {
        for (uintptr_t room = 16384; room >= least_room(); room -= room > 8192 ? 1024 : 128) descend(bottom, room);
    }
    return nothing;
}
int has_no_room(void) {
    host_start(4000);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 65536);
    pthread_t thread;
    pthread_create(&thread, &attributes, sink, NULL);
    pthread_join(thread, NULL);
    host_stop();
    struct hearth_counters counters = hearth_read_counters();
    printf("samples %llu no room %llu\n", (unsigned long long)counters.samples, (unsigned long long)counters.lost_no_room);
    return seen() > 60 && counters.lost_no_room > 0 && host_lost_seconds() > 0 ? 0 : 1;
}

// MARK: How much stack the handler takes

// Paints the stack below, is sampled for a while, and looks how far down the paint is gone. Without our handler the same
// again, for the kernel's own part.
enum { paint_bytes = 16384, paint = 0xA5 };
__attribute__((noinline)) static size_t painted_depth(void (*use)(void)) {
    volatile uint8_t *top = (volatile uint8_t *)__builtin_frame_address(0) - 512;
    for (int index = 1; index <= paint_bytes; index++) top[-index] = paint;
    use();
    for (int index = paint_bytes; index > 0; index--) {
        if (top[-index] != paint) return (size_t)index;
    }
    return 0;
}
static void be_sampled(void) { host_expect_samples(host_drained() + 100); }
static void nothing_at_all(int number) { (void)number; }
static void get_signals(void) {
    for (int turn = 0; turn < 10; turn++) {
        raise(SIGUSR1);
        host_burn(0.001);
    }
}
int paints_its_stack(void) {
    struct sigaction action = {.sa_handler = nothing_at_all};
    sigaction(SIGUSR1, &action, NULL);
    size_t kernels = painted_depth(get_signals);
    // With tables, so that the longest way through the handler is taken.
    struct hearth_module module = {.start = 4096, .end = (uintptr_t)1 << 47, .base = 4096};
    hearth_modules_publish(&module, 1);
    host_start_with(250, hearth_unwinder_hybrid);
    size_t ours = painted_depth(be_sampled);
    host_stop();
    printf("a signal takes %zu bytes of stack, ours %zu, %ld more\n", kernels, ours, (long)ours - (long)kernels);
    return ours > 1024 && (long)ours - (long)kernels < 2048 ? 0 : 1;
}
