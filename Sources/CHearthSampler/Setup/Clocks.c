// The CPU clock of one thread: a POSIX timer at the kernel's tick, or a perf software event.
//
// A perf event is finer than the tick, and costs its thread about 0.9 µs at every context switch, where a timer costs
// nothing (Docs/Decisions/0004-timers-before-perf-events.md): it is taken for rates that timers cannot reach.
#include "../Handler/Clock.h"
#include "Setup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static struct hearth_clock_choice choice;
static uint32_t perf_limit; // events at once
static _Atomic uint32_t perf_events;

struct hearth_clock_choice hearth_clock_chosen(void) { return choice; }

// Under the lock of threads: CPU time of threads that ended when a shot was due and no tick had met them. The next thread takes it
// over and owes a sample at once; else threads that live less than a tick would be seen too rarely.
static uint64_t carried;

static uint64_t random_below(uint64_t bound) {
    static _Atomic uint64_t seed;
    uint64_t word = atomic_fetch_add_explicit(&seed, 0x9E3779B97F4A7C15u, memory_order_relaxed);
    if (word == 0) {
        struct timespec time;
        clock_gettime(CLOCK_MONOTONIC, &time);
        word = (uint64_t)time.tv_nsec * 0xD1342543DE82EF95u;
        atomic_fetch_add_explicit(&seed, word, memory_order_relaxed);
    }
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
    return (word ^ (word >> 31)) % bound;
}

/// The CPU clock of one thread of this process, as the kernel encodes it: the complement of the id, then 6 for "one
/// thread, scheduler time".
clockid_t hearth_cpu_clock(int32_t tid) { return (clockid_t)((~(uint32_t)tid << 3) | 6); }

bool hearth_cpu_time_of(int32_t tid, uint64_t *nanoseconds) {
    struct timespec used;
    if (clock_gettime(hearth_cpu_clock(tid), &used) != 0) return false;
    *nanoseconds = (uint64_t)used.tv_sec * 1000000000u + (uint64_t)used.tv_nsec;
    return true;
}

static int open_perf(int32_t tid, uint64_t period, bool excludes_kernel) {
    struct perf_event_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.size = sizeof attributes;
    attributes.type = PERF_TYPE_SOFTWARE;
    attributes.config = PERF_COUNT_SW_CPU_CLOCK;
    attributes.sample_period = period;
    attributes.disabled = 1;
    attributes.exclude_hv = 1;
    attributes.exclude_kernel = excludes_kernel;
    return (int)syscall(SYS_perf_event_open, &attributes, tid, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static uint64_t read_tick(void) {
    struct timespec tick;
    return clock_getres(CLOCK_MONOTONIC_COARSE, &tick) == 0 && tick.tv_sec == 0 && tick.tv_nsec > 0 ? (uint64_t)tick.tv_nsec : 4000000;
}

enum hearth_start_result hearth_clock_choose(enum hearth_clock wanted, uint64_t period_ns) {
    choice = (struct hearth_clock_choice){.clock = wanted, .tick_ns = read_tick()};
    if (wanted == hearth_clock_automatic) {
        choice.clock = period_ns < choice.tick_ns ? hearth_clock_perf : hearth_clock_timer;
    }
    if (choice.clock == hearth_clock_perf) {
        int event = open_perf(0, period_ns, false);
        if (event < 0) {
            choice.perf_error = errno;
            choice.excludes_kernel = true;
            event = open_perf(0, period_ns, true);
        }
        if (event >= 0) {
            close(event);
            struct rlimit files;
            bool known = getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur != RLIM_INFINITY;
            perf_limit = known ? (uint32_t)(files.rlim_cur / 4) : hearth_descriptor_limit / 4;
            if (!hearth_state.thread_by_descriptor) {
                hearth_state.thread_by_descriptor = hearth_map_pages(sizeof(uint32_t) * hearth_descriptor_limit, false);
            }
            if (!hearth_state.thread_by_descriptor) return hearth_start_no_memory;
        } else if (wanted == hearth_clock_perf) {
            choice.perf_error = errno;
            return hearth_start_no_perf;
        } else {
            choice.excludes_kernel = false;
            choice.clock = hearth_clock_timer;
        }
    }
    // Timers fire at the kernel's tick. Near that rate the tick is what the host would have to be in lock-step with, and
    // moving a timer would only lose shots.
    hearth_state.jitters = period_ns >= 2 * choice.tick_ns;
    return hearth_started;
}

/// Signals that arrive at all are a tick or two late.
static bool is_overdue(uint64_t late_ns, uint64_t period) { return late_ns >= 5 * choice.tick_ns + 4 * period; }

/// The event that was opened under this number is still ours: a host that closes all descriptors may have another there.
static bool is_ours(const struct hearth_thread *thread) {
    uint64_t identifier = 0;
    return ioctl(thread->perf_fd, PERF_EVENT_IOC_ID, &identifier) == 0 && identifier == thread->perf_id;
}

static bool start_perf(struct hearth_thread *thread, int32_t tid) {
    if (atomic_fetch_add(&perf_events, 1) >= perf_limit) goto refused;
    uint64_t period = atomic_load_explicit(&thread->period_ns, memory_order_relaxed);
    // A random first shot: with a full period first, a thread that lives less than that would never be seen.
    uint64_t first = 10000 + random_below(period);
    int event = open_perf(tid, first, choice.excludes_kernel);
    if (event < 0) goto refused;
    uint64_t used;
    struct f_owner_ex owner = {.type = F_OWNER_TID, .pid = tid};
    if (event >= hearth_descriptor_limit || !hearth_cpu_time_of(tid, &used) ||
        ioctl(event, PERF_EVENT_IOC_ID, &thread->perf_id) != 0 || fcntl(event, F_SETFL, O_ASYNC | O_NONBLOCK) != 0 ||
        fcntl(event, F_SETSIG, SIGPROF) != 0 || fcntl(event, F_SETOWN_EX, &owner) != 0) {
        close(event);
        goto refused;
    }
    thread->perf_gap = first;
    hearth_set_deadline(thread, used);
    thread->last_ticks = hearth_ticks();
    thread->perf_fd = event;
    atomic_store_explicit(&hearth_state.thread_by_descriptor[event], (uint32_t)(thread - hearth_state.threads) + 1,
                          memory_order_release);
    if (ioctl(event, PERF_EVENT_IOC_ENABLE, 0) == 0) return true;
    hearth_clock_stop(thread);
    return false;
refused:
    atomic_fetch_sub(&perf_events, 1);
    return false;
}


void hearth_clock_carry(struct hearth_thread *thread) {
    uint64_t used, deadline = hearth_deadline(thread);
    uint64_t period = atomic_load_explicit(&thread->period_ns, memory_order_relaxed);
    carried += atomic_exchange_explicit(&thread->owed_ns, 0, memory_order_relaxed);
    if (thread->timer < 0) return;
    if (!hearth_cpu_time_of(atomic_load_explicit(&thread->tid, memory_order_relaxed), &used) || used < deadline) return;
    uint64_t shots = 1 + (used - deadline) / period;
    // More than that is of a thread that blocked the signal: counted as lost.
    if (is_overdue(used - deadline, period)) return;
    carried += shots * period;
    hearth_set_deadline(thread, deadline + shots * period);
}

void hearth_clock_lose_carried(void) {
    atomic_fetch_add_explicit(&hearth_state.lost_ns, carried, memory_order_relaxed);
    carried = 0;
}

/// A timer on the thread's CPU clock, whose signal goes to that thread alone and carries the slot.
static bool start_timer(struct hearth_thread *thread, int32_t tid) {
    struct sigevent event;
    memset(&event, 0, sizeof event);
    event.sigev_signo = SIGPROF;
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_value.sival_ptr = thread;
    event._sigev_un._tid = tid;
    int timer = -1;
    // The system call itself: the wrapper may keep a record of its own, and the timer's id is needed in any thread.
    if (syscall(SYS_timer_create, hearth_cpu_clock(tid), &event, &timer) != 0) return false;
    uint64_t used, period = atomic_load_explicit(&thread->period_ns, memory_order_relaxed);
    if (!hearth_cpu_time_of(tid, &used)) goto refused_clock;
    atomic_store_explicit(&thread->owed_ns, carried, memory_order_relaxed);
    // A random first shot: with a full period first, a thread that lives less than that would never be seen.
    uint64_t first = used + 1 + random_below(period);
    hearth_set_deadline(thread, first);
    // What it takes over comes before that, by a shot of its own: not at once, which would be the start of the thread, but at
    // the first tick that meets it.
    enum { soon_ns = 200000 };
    if (carried) first = used + soon_ns;
    carried = 0;
    thread->timer = timer; // before the first signal, whose handler may set it again
    struct itimerspec times = {.it_value = hearth_timespec(first), .it_interval = hearth_timespec(period)};
    if (syscall(SYS_timer_settime, timer, TIMER_ABSTIME, &times, NULL) == 0) return true;
    thread->timer = -1;
refused_clock: {
    int reason = errno;
    carried += atomic_exchange_explicit(&thread->owed_ns, 0, memory_order_relaxed);
    syscall(SYS_timer_delete, timer);
    errno = reason;
    return false;
}
}

bool hearth_clock_start(struct hearth_thread *thread, int32_t tid) {
    if (choice.clock == hearth_clock_none) return true;
    thread->random = random_below(UINT64_MAX) | 1;
    thread->shots = (uint32_t)random_below(hearth_shots_a_phase);
    thread->phase = random_below(atomic_load_explicit(&thread->period_ns, memory_order_relaxed));
    // A perf event may be refused to one thread when descriptors run out: a timer does as well, at its rate.
    if (choice.clock == hearth_clock_perf) {
        thread->shots = 0;
        if (start_perf(thread, tid)) return true;
    }
    return start_timer(thread, tid);
}

/// Counts what a clock that is stopped still owed: a thread that came to block the signal after it had its clock has used CPU
/// time for which no handler ran.
static void count_owed(const struct hearth_thread *thread) {
    uint64_t used, deadline = hearth_deadline(thread);
    uint64_t period = atomic_load_explicit(&thread->period_ns, memory_order_relaxed);
    if (!hearth_cpu_time_of(atomic_load_explicit(&thread->tid, memory_order_relaxed), &used) || used < deadline) return;
    if (!is_overdue(used - deadline, period)) return;
    atomic_fetch_add_explicit(&hearth_state.lost_ns, used - deadline, memory_order_relaxed);
}

void hearth_clock_stop(struct hearth_thread *thread) {
    carried += atomic_exchange_explicit(&thread->owed_ns, 0, memory_order_relaxed);
    if (thread->timer >= 0 || thread->perf_fd >= 0) count_owed(thread);
    if (thread->timer >= 0) syscall(SYS_timer_delete, thread->timer);
    thread->timer = -1;
    if (thread->perf_fd >= 0) {
        atomic_store_explicit(&hearth_state.thread_by_descriptor[thread->perf_fd], 0, memory_order_release);
        if (is_ours(thread)) {
            // A child made without our knowledge may hold the event open.
            ioctl(thread->perf_fd, PERF_EVENT_IOC_DISABLE, 0);
            close(thread->perf_fd);
        }
        atomic_fetch_sub(&perf_events, 1);
    }
    thread->perf_fd = -1;
}

void hearth_clock_set_period(struct hearth_thread *thread, int32_t tid, uint64_t period_ns) {
    atomic_store_explicit(&thread->period_ns, period_ns, memory_order_relaxed);
    if (choice.clock == hearth_clock_none) return;
    // Anew: the clock's own values belong to the thread's handler as long as it runs.
    hearth_clock_stop(thread);
    hearth_clock_start(thread, tid);
}

void hearth_clocks_forget_in_child(void) {
    // Timers are not inherited; perf descriptors are, and count the parent's thread.
    for (uint32_t index = 0; index < hearth_thread_limit; index++) {
        struct hearth_thread *thread = &hearth_state.threads[index];
        if (atomic_load_explicit(&thread->tid, memory_order_relaxed) == 0) {
            if (index > 0 && hearth_deadline(thread) == 0) break; // slots from here on were never used
            continue;
        }
        thread->timer = -1;
        if (thread->perf_fd >= 0 && hearth_state.thread_by_descriptor) {
            atomic_store_explicit(&hearth_state.thread_by_descriptor[thread->perf_fd], 0, memory_order_relaxed);
            if (is_ours(thread)) close(thread->perf_fd);
        }
        thread->perf_fd = -1;
    }
    atomic_store(&perf_events, 0);
    carried = 0;
}
