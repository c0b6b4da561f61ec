// Threads caught at their birth: a pthread_create of our own, found before libc's by the program and by every library,
// that forwards to libc's and lets the new thread announce itself first. While nothing is sampled it only forwards.
#include "Setup.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

typedef int (*create_function)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

static pthread_key_t end_of_thread;

static create_function real_create(void) {
    static _Atomic(create_function) known;
    create_function function = atomic_load_explicit(&known, memory_order_relaxed);
    if (!function) {
        function = (create_function)dlsym(RTLD_NEXT, "pthread_create");
        atomic_store_explicit(&known, function, memory_order_relaxed);
    }
    return function;
}

static void thread_ends(void *thread) { hearth_thread_detach(thread); }

static void make_key(void) { pthread_key_create(&end_of_thread, thread_ends); }

void hearth_created_threads_prepare(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_key);
}

struct start {
    void *(*body)(void *);
    void *argument;
    bool by_us; // made by Hearth's own thread, whose mask must not become the host's
};

// Hearth's own thread blocks every signal. When it resumes a task of the host, the host's executor may make threads from
// there, which would inherit that: they get the mask that the host's thread had at the start.
static sigset_t host_mask;
static _Thread_local bool is_ours;

static void *hearth_thread_start(void *boxed) {
    struct start start = *(struct start *)boxed;
    free(boxed);
    if (start.by_us) pthread_sigmask(SIG_SETMASK, &host_mask, NULL);
    struct hearth_thread *thread = hearth_thread_attach_self(true);
    // The clock stops at the thread's end by a destructor, not by a frame of ours that waits for the body to return:
    // the jump below leaves none on the stack.
    if (thread) pthread_setspecific(end_of_thread, thread);
    __attribute__((musttail)) return start.body(start.argument);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HEARTH_SANITIZED 1
#endif
#endif

#ifndef HEARTH_SANITIZED // a sanitizer has a pthread_create of its own that must be the first

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument) {
    create_function create = real_create();
    if (!create) return 11; // EAGAIN: there is no other pthread_create in this process
    if (!hearth_is_running() && !is_ours) return create(thread, attributes, body, argument);
    struct start *start = malloc(sizeof *start);
    if (!start) return create(thread, attributes, body, argument);
    *start = (struct start){body, argument, is_ours};
    int result = create(thread, attributes, hearth_thread_start, start);
    if (result != 0) free(start);
    return result;
}

#endif

void hearth_created_threads_are_the_hosts(void) { is_ours = true; }

int hearth_create_unsampled_thread(void *(*body)(void *), void *argument) {
    create_function create = real_create();
#ifdef HEARTH_SANITIZED
    create = pthread_create;
#endif
    if (!create) return 11;
    // A thread that does not block them would get the signals that the host blocks in its own and waits for.
    sigset_t all, previous;
    hearth_fill_with_asynchronous_signals(&all);
    pthread_t thread;
    // The new thread inherits the mask: it blocks them before its first instruction.
    pthread_sigmask(SIG_BLOCK, &all, &previous);
    host_mask = previous;
    int result = create(&thread, NULL, body, argument);
    pthread_sigmask(SIG_SETMASK, &previous, NULL);
    if (result == 0) pthread_detach(thread);
    return result;
}
