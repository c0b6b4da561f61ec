// Hosts in which somebody else uses SIGPROF as well.
#include "Host.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

// Another profiler puts its handler over ours and passes on to it; then ours stops and starts again.
static struct sigaction ours;
static void pass_to_ours(int number, siginfo_t *info, void *context) {
    if (ours.sa_flags & SA_SIGINFO && ours.sa_sigaction) ours.sa_sigaction(number, info, context);
}
int is_chained_over(void) {
    host_start(250);
    struct sigaction action = {.sa_sigaction = pass_to_ours, .sa_flags = SA_SIGINFO};
    sigaction(SIGPROF, &action, &ours);
    host_expect_samples(5);
    host_stop();
    struct hearth_configuration configuration = {.cpu_clock = hearth_clock_timer, .period_ns = 4000000, .ring_bytes = 1 << 20};
    enum hearth_start_result result = hearth_start(&configuration);
    for (int turn = 0; turn < 100; turn++) raise(SIGPROF);
    return result == hearth_start_foreign_signal ? 0 : 1;
}

static _Atomic int host_signals, foreign_values;
static void host_handler(int number) {
    (void)number;
    atomic_fetch_add(&host_signals, 1);
}
// A handler that was there before ours goes on getting what is not ours.
int had_a_handler(void) {
    struct sigaction action = {.sa_handler = host_handler};
    sigaction(SIGPROF, &action, NULL);
    host_start(250);
    for (int turn = 0; turn < 100; turn++) raise(SIGPROF);
    host_expect_samples(5);
    printf("host %d\n", atomic_load(&host_signals));
    return atomic_load(&host_signals) == 100 ? 0 : 1;
}

static bool both_are_fed(double used, uint64_t hertz) {
    host_stop();
    struct hearth_counters counters = hearth_read_counters();
    printf("host %d ours %llu unknown %llu foreign %d\n", atomic_load(&host_signals),
           (unsigned long long)host_drained(), (unsigned long long)counters.lost_unknown,
           atomic_load(&foreign_values));
    // Ours in the host's handler would make its count too large, the host's in ours our weight. Both clocks are held to
    // the tick, at most a thousandth of a second: what comes later than asked is merged.
    return atomic_load(&foreign_values) == 0 && host_accounts_for(used, 1.0 / (double)hertz);
}

// The classic profiler: setitimer(ITIMER_PROF), 100 signals a second of CPU time to whoever runs.
int has_an_interval_timer(void) {
    struct sigaction action = {.sa_handler = host_handler, .sa_flags = SA_RESTART};
    sigaction(SIGPROF, &action, NULL);
    struct itimerval times = {.it_interval = {.tv_usec = 10000}, .it_value = {.tv_usec = 10000}};
    setitimer(ITIMER_PROF, &times, NULL);
    host_start(250);
    double start = host_process_seconds();
    host_burn(2);
    double used = host_process_seconds() - start;
    bool fed = both_are_fed(used, 250);
    double expected = used * 100;
    return fed && atomic_load(&host_signals) > expected * 0.7 && atomic_load(&host_signals) < expected * 1.1 + 3 ? 0 : 1;
}

// A library with POSIX timers of its own that send SIGPROF, as gperftools has.
static void look_at_value(int number, siginfo_t *info, void *context) {
    (void)number;
    (void)context;
    if (info->si_code != SI_TIMER || info->si_value.sival_int != 4711) atomic_fetch_add(&foreign_values, 1);
    atomic_fetch_add(&host_signals, 1);
}
int has_timers_of_its_own(void) {
    struct sigaction action = {.sa_sigaction = look_at_value, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigaction(SIGPROF, &action, NULL);
    struct sigevent event = {
        .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGPROF, .sigev_value = {.sival_int = 4711}};
    timer_t timer;
    if (timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer) != 0) return 1;
    struct itimerspec times = {.it_interval = {.tv_nsec = 10000000}, .it_value = {.tv_nsec = 10000000}};
    timer_settime(timer, 0, &times, NULL);
    host_start(250);
    double start = host_process_seconds();
    host_burn(2);
    double used = host_process_seconds() - start;
    bool fed = both_are_fed(used, 250);
    double expected = used * 100;
    return fed && atomic_load(&host_signals) > expected * 0.7 && atomic_load(&host_signals) < expected * 1.1 + 3 ? 0 : 1;
}
