// Hosts that have ways of their own with signals.
#include "Host.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

// A service that blocks SIGTERM everywhere and waits for it: ours must not be the thread that gets it.
int waits_for_sigterm(void) {
    host_start(250);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    kill(getpid(), SIGTERM);
    usleep(100000);
    int got = 0;
    sigwait(&set, &got);
    return got == SIGTERM ? 0 : 1;
}

// A host handler that leaves by siglongjmp, at a rate that must meet our handler.
static sigjmp_buf landing;
static void jump_out(int number) {
    (void)number;
    siglongjmp(landing, 1);
}
int jumps_out_of_handlers(void) {
    host_start(4000);
    struct sigaction action = {.sa_handler = jump_out};
    sigaction(SIGUSR1, &action, NULL);
    pthread_t self = pthread_self();
    double end = host_thread_seconds() + host_dose;
    volatile int jumps = 0;
    while (host_thread_seconds() < end) {
        if (sigsetjmp(landing, 1) == 0) {
            host_burn(0.0005);
            pthread_kill(self, SIGUSR1);
        } else {
            jumps++;
        }
    }
    // A jump out of our handler would have kept a buffer of the pool, and the handler would count as running.
    host_expect_samples(host_drained() + 20);
    struct hearth_counters counters = hearth_read_counters();
    printf("jumps %d lost %llu\n", jumps, (unsigned long long)counters.lost_no_scratch);
    host_stop();
    return counters.lost_no_scratch == 0 && host_handlers_have_ended() ? 0 : 1;
}

// A small alternative stack, and code that runs on it.
static _Atomic int on_stack;
static void busy_handler(int number) {
    (void)number;
    atomic_fetch_add(&on_stack, 1);
    host_burn(0.02);
}
int uses_a_small_alternative_stack(void) {
    static char memory[16384];
    stack_t stack = {.ss_sp = memory, .ss_size = sizeof memory};
    sigaltstack(&stack, NULL);
    struct sigaction action = {.sa_handler = busy_handler, .sa_flags = SA_ONSTACK};
    sigaction(SIGUSR2, &action, NULL);
    host_start(1000);
    for (int turn = 0; turn < 20; turn++) raise(SIGUSR2);
    host_expect_samples(20);
    return atomic_load(&on_stack) == 20 ? 0 : 1;
}

// A thread that blocks every signal and waits for any: it must get none of ours.
static _Atomic int waited;
static void *wait_for_any(void *nothing) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    host_burn(0.3);
    struct timespec patience = {.tv_nsec = 100000000};
    atomic_store(&waited, sigtimedwait(&all, NULL, &patience));
    return nothing;
}
int blocks_the_signal(void) {
    // Made before the sampler: it is found by the listing.
    pthread_t thread;
    pthread_create(&thread, NULL, wait_for_any, NULL);
    usleep(50000);
    host_start(1000);
    pthread_join(thread, NULL);
    struct hearth_counters counters = hearth_read_counters();
    printf("waited %d blocked %llu\n", atomic_load(&waited), (unsigned long long)counters.threads_blocked);
    return atomic_load(&waited) == SIGPROF || counters.threads_blocked == 0 ? 1 : 0;
}

// A thread that has its clock and then blocks the signal: for a while, or until it ends.
static void set_blocked(bool blocked) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPROF);
    pthread_sigmask(blocked ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}
static void *block_a_while(void *nothing) {
    for (int turn = 0; turn < 4; turn++) {
        host_burn(0.1);
        set_blocked(true);
        host_burn(0.4);
        set_blocked(false);
    }
    host_burn(0.05);
    return nothing;
}
static void *block_for_good(void *nothing) {
    host_burn(0.2);
    set_blocked(true);
    host_burn(1);
    return nothing;
}

static int accounts_for(void *(*body)(void *), double seconds, uint64_t hertz) {
    host_start(hertz);
    double before = host_sampled_seconds() + host_lost_seconds();
    double own = host_thread_seconds();
    pthread_t thread;
    pthread_create(&thread, NULL, body, NULL);
    pthread_join(thread, NULL);
    own = host_thread_seconds() - own;
    host_stop();
    double period = 1.0 / (double)hertz;
    double counted = host_sampled_seconds() + host_lost_seconds() - before, used = seconds + own;
    printf("%llu Hz: used %.3f s, counted %.3f s, dropped so far %.3f s\n", (unsigned long long)hertz, used, counted,
           host_lost_seconds());
    // A tenth, and five samples.
    double tolerance = 0.1 * used + 5 * period;
    return counted > used - tolerance && counted < used + tolerance ? 0 : 1;
}
// Below the kernel's tick each sample sets the next, above it the clock repeats: the ways to count what was missed differ.
int blocks_the_signal_for_a_while(void) {
    return accounts_for(block_a_while, 2.05, 100) | accounts_for(block_a_while, 2.05, 1000);
}
int blocks_the_signal_for_good(void) {
    return accounts_for(block_for_good, 1.2, 100) | accounts_for(block_for_good, 1.2, 1000);
}
