// The table of sampled threads and their clocks.
//
// Lock order: `lock` is a leaf, nothing is called under it that takes another lock of ours. It is held for a few system
// calls at most and never in a signal; SIGPROF may arrive while it is held, since the handler does not take it.
#include "../Handler/Clock.h"
#include "Setup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint32_t used_slots; // slots ever used: [0, used_slots) are looked through
static uint32_t live_threads;
static _Atomic int32_t drain_thread; // Hearth's own, never sampled
// The table was full or the kernel refused a clock: try again at the next thorough listing only.
static bool refused;

bool hearth_threads_allocate(void) {
    if (hearth_state.threads) return true;
    hearth_state.threads = hearth_map_pages(sizeof(struct hearth_thread) * hearth_thread_limit, false);
    return hearth_state.threads != NULL;
}

/// The CPU clock of one thread of this process, as the kernel encodes it: the complement of the id, then 6 for "one
/// thread, scheduler time".
static clockid_t cpu_clock(int32_t tid) { return (clockid_t)((~(uint32_t)tid << 3) | 6); }

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

/// A timer on the thread's CPU clock, whose signal goes to that thread alone and carries the slot.
static bool start_clock(struct hearth_thread *thread, int32_t tid) {
    struct sigevent event;
    memset(&event, 0, sizeof event);
    event.sigev_signo = SIGPROF;
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_value.sival_ptr = thread;
    event._sigev_un._tid = tid;
    int timer = -1;
    // The system call itself: the wrapper may keep a record of its own, and the timer's id is needed in any thread.
    if (syscall(SYS_timer_create, cpu_clock(tid), &event, &timer) != 0) return false;
    struct timespec used;
    if (clock_gettime(cpu_clock(tid), &used) != 0) goto refused_clock;
    thread->random = random_below(UINT64_MAX) | 1;
    thread->last_ticks = 0;
    // A random first shot: with a full period first, a thread that lives less than that would never be seen.
    uint64_t first = (uint64_t)used.tv_sec * 1000000000u + (uint64_t)used.tv_nsec + 1 + random_below(hearth_state.period_ns);
    atomic_store_explicit(&thread->deadline, first, memory_order_relaxed);
    thread->timer = timer; // before the first signal, whose handler sets it again
    struct itimerspec times = {
        .it_value = hearth_timespec(first),
        .it_interval = hearth_timespec(hearth_state.period_ns * (hearth_state.jitters ? hearth_lost_shot_periods : 1))};
    if (syscall(SYS_timer_settime, timer, TIMER_ABSTIME, &times, NULL) == 0) return true;
    thread->timer = -1;
refused_clock: {
    int reason = errno;
    syscall(SYS_timer_delete, timer);
    errno = reason;
    return false;
}
}

/// Stops the clock, and counts what it owed: a thread that came to block the signal after it had its clock has used CPU time
/// for which no handler ran.
static void stop_clock(struct hearth_thread *thread) {
    if (thread->timer < 0) return;
    syscall(SYS_timer_delete, thread->timer);
    thread->timer = -1;
    struct timespec used;
    if (clock_gettime(cpu_clock(atomic_load_explicit(&thread->tid, memory_order_relaxed)), &used) != 0) return;
    uint64_t now = (uint64_t)used.tv_sec * 1000000000u + (uint64_t)used.tv_nsec;
    uint64_t deadline = atomic_load_explicit(&thread->deadline, memory_order_relaxed);
    // Signals that arrive at all are a tick or two late.
    const uint64_t usual = 20000000 + 4 * hearth_state.period_ns;
    if (now < deadline || now - deadline < usual) return;
    atomic_fetch_add_explicit(
        &hearth_state.missed_weight, (now - deadline) / hearth_state.period_ns, memory_order_relaxed);
    atomic_fetch_add_explicit(&hearth_state.threads_blocked, 1, memory_order_relaxed);
}

/// Takes a free slot for `tid` and starts its clock. Under the lock.
static struct hearth_thread *add(int32_t tid) {
    for (uint32_t index = 0; index <= used_slots && index < hearth_thread_limit; index++) {
        struct hearth_thread *thread = &hearth_state.threads[index];
        if (atomic_load_explicit(&thread->tid, memory_order_relaxed) != 0) continue;
        thread->timer = -1;
        thread->attached = false;
        thread->missed = false;
        thread->bounds_sought = false;
        atomic_store_explicit(&thread->stack_low, 0, memory_order_relaxed);
        atomic_store_explicit(&thread->stack_high, 0, memory_order_relaxed);
        atomic_store_explicit(&thread->seen_stack_pointer, 0, memory_order_relaxed);
        atomic_store_explicit(&thread->tid, tid, memory_order_release);
        if (atomic_load_explicit(&hearth_state.armed, memory_order_acquire) && !start_clock(thread, tid)) {
            int reason = errno;
            atomic_store_explicit(&thread->tid, 0, memory_order_release);
            // Any other reason is a thread that ended a moment ago.
            if (reason != EAGAIN) return NULL;
            break;
        }
        if (index == used_slots) used_slots++;
        live_threads++;
        return thread;
    }
    refused = true;
    atomic_fetch_add_explicit(&hearth_state.threads_refused, 1, memory_order_relaxed);
    return NULL;
}

/// Whether a thread blocks SIGPROF: a clock would only put signals in its queue, for a sigwait of the host to find.
static bool blocks_signal(int32_t tid) {
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/self/task/%d/status", tid);
    FILE *status = fopen(path, "re");
    if (!status) return false;
    unsigned long long blocked = 0;
    while (fgets(line, sizeof line, status)) {
        if (sscanf(line, "SigBlk: %llx", &blocked) == 1) break;
    }
    fclose(status);
    return blocked >> (SIGPROF - 1) & 1;
}

/// Under the lock.
static void remove_thread(struct hearth_thread *thread) {
    if (atomic_load_explicit(&thread->tid, memory_order_relaxed) == 0) return;
    stop_clock(thread);
    atomic_store_explicit(&thread->tid, 0, memory_order_release);
    live_threads--;
}

static struct hearth_thread *find(int32_t tid) {
    for (uint32_t index = 0; index < used_slots; index++) {
        struct hearth_thread *thread = &hearth_state.threads[index];
        if (atomic_load_explicit(&thread->tid, memory_order_relaxed) == tid) return thread;
    }
    return NULL;
}

static void set_bounds(struct hearth_thread *thread, uintptr_t low, uintptr_t high) {
    // The handler needs both: high first to 0, so that it never pairs an old with a new one.
    atomic_store_explicit(&thread->stack_high, 0, memory_order_release);
    atomic_store_explicit(&thread->stack_low, low, memory_order_release);
    atomic_store_explicit(&thread->stack_high, high, memory_order_release);
}

struct hearth_thread *hearth_thread_attach_self(void) {
    uintptr_t low = 0, high = 0;
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        void *start;
        size_t size;
        if (pthread_attr_getstack(&attributes, &start, &size) == 0) {
            low = (uintptr_t)start;
            high = low + size;
        }
        pthread_attr_destroy(&attributes);
    }
    int32_t tid = hearth_thread_id();
    sigset_t mask;
    bool blocked = pthread_sigmask(SIG_BLOCK, NULL, &mask) == 0 && sigismember(&mask, SIGPROF) == 1;
    pthread_mutex_lock(&lock);
    struct hearth_thread *thread = NULL;
    if (blocked) {
        atomic_fetch_add_explicit(&hearth_state.threads_blocked, 1, memory_order_relaxed);
    } else if (hearth_is_running()) {
        thread = find(tid);
        if (!thread) thread = add(tid);
        if (thread) {
            thread->attached = true;
            set_bounds(thread, low, high);
        }
    }
    pthread_mutex_unlock(&lock);
    return thread;
}

void hearth_thread_detach(struct hearth_thread *thread) {
    int32_t tid = hearth_thread_id();
    pthread_mutex_lock(&lock);
    // The slot can have been freed by a stop in between, and taken again by another thread.
    if (atomic_load_explicit(&thread->tid, memory_order_relaxed) == tid) remove_thread(thread);
    pthread_mutex_unlock(&lock);
}

void hearth_threads_start_clocks(void) {
    pthread_mutex_lock(&lock);
    for (uint32_t index = 0; index < used_slots; index++) {
        struct hearth_thread *thread = &hearth_state.threads[index];
        int32_t tid = atomic_load_explicit(&thread->tid, memory_order_relaxed);
        if (tid != 0 && thread->timer < 0 && !start_clock(thread, tid)) remove_thread(thread);
    }
    pthread_mutex_unlock(&lock);
}

void hearth_threads_drop_clocks(void) {
    pthread_mutex_lock(&lock);
    for (uint32_t index = 0; index < used_slots; index++) remove_thread(&hearth_state.threads[index]);
    pthread_mutex_unlock(&lock);
}

/// Bounds of the main thread's stack, from /proc/self/maps, when it did not announce itself. Only what the kernel itself
/// calls a stack is one for ever: of another mapping a part can be unmapped later, so those are probed at every sample.
static void find_missing_bounds(void) {
    bool any = false;
    for (uint32_t index = 0; index < used_slots && !any; index++) {
        struct hearth_thread *thread = &hearth_state.threads[index];
        any = atomic_load_explicit(&thread->tid, memory_order_relaxed) != 0 &&
              atomic_load_explicit(&thread->stack_high, memory_order_relaxed) == 0 && !thread->bounds_sought &&
              atomic_load_explicit(&thread->seen_stack_pointer, memory_order_relaxed) != 0;
    }
    if (!any) return;
    FILE *maps = fopen("/proc/self/maps", "re");
    if (!maps) return;
    char line[512];
    while (fgets(line, sizeof line, maps)) {
        uintptr_t low, high;
        char readable, writable;
        if (sscanf(line, "%lx-%lx %c%c", &low, &high, &readable, &writable) != 4 || !strstr(line, "[stack]")) continue;
        for (uint32_t index = 0; index < used_slots; index++) {
            struct hearth_thread *thread = &hearth_state.threads[index];
            if (atomic_load_explicit(&thread->tid, memory_order_relaxed) == 0 ||
                atomic_load_explicit(&thread->stack_high, memory_order_relaxed) != 0) {
                continue;
            }
            uintptr_t seen = atomic_load_explicit(&thread->seen_stack_pointer, memory_order_relaxed);
            if (low <= seen && seen < high) set_bounds(thread, low, high);
            thread->bounds_sought = seen != 0;
        }
    }
    fclose(maps);
}

/// Entries of a directory of /proc count its links: two more than the threads of the process.
static uint32_t count_threads(void) {
    struct stat status;
    if (stat("/proc/self/task", &status) != 0 || status.st_nlink < 3) return 0;
    return (uint32_t)status.st_nlink - 2;
}

uint32_t hearth_threads_refresh(bool thorough) {
    pthread_mutex_lock(&lock);
    if (!atomic_load_explicit(&hearth_state.armed, memory_order_acquire)) {
        pthread_mutex_unlock(&lock);
        return 0;
    }
    find_missing_bounds();
    uint32_t threads = count_threads();
    if (thorough) refused = false;
    if (thorough || threads == 0 || (threads != live_threads + 1 && !refused)) {
        DIR *directory = opendir("/proc/self/task");
        if (directory) {
            // One bit a slot: those not met in the listing are of threads that have ended without telling.
            static bool met[hearth_thread_limit];
            memset(met, 0, used_slots);
            struct dirent *entry;
            while ((entry = readdir(directory))) {
                int32_t tid = (int32_t)strtol(entry->d_name, NULL, 10);
                if (tid <= 0 || tid == drain_thread) continue;
                struct hearth_thread *thread = find(tid);
                if (!thread) {
                    if (blocks_signal(tid)) {
                        atomic_fetch_add_explicit(&hearth_state.threads_blocked, 1, memory_order_relaxed);
                        refused = true;
                        continue;
                    }
                    thread = add(tid);
                }
                if (thread) met[thread - hearth_state.threads] = true;
            }
            closedir(directory);
            for (uint32_t index = 0; index < used_slots; index++) {
                struct hearth_thread *thread = &hearth_state.threads[index];
                // An attached thread tells when it ends, and may have been born after the listing was read. One that is
                // missing twice ended without its destructors.
                bool gone = !met[index] && (!thread->attached || thread->missed);
                thread->missed = !met[index];
                if (gone) remove_thread(thread);
            }
        }
    }
    uint32_t live = live_threads;
    pthread_mutex_unlock(&lock);
    return live;
}

void hearth_threads_exclude_self(void) { drain_thread = hearth_thread_id(); }

void hearth_threads_include_self(void) {
    // Not when another has been started meanwhile.
    int32_t own = hearth_thread_id();
    atomic_compare_exchange_strong(&drain_thread, &own, 0);
}

bool hearth_is_own_thread(void) { return drain_thread != 0 && drain_thread == hearth_thread_id(); }

void hearth_threads_forget_in_child(void) {
    pthread_mutex_init(&lock, NULL);
    if (!hearth_state.threads) return;
    // The child has one thread and none of the timers: they are not inherited. One slot past the count: it may have been
    // taken and not yet counted.
    for (uint32_t index = 0; index <= used_slots && index < hearth_thread_limit; index++) {
        hearth_state.threads[index].timer = -1;
        atomic_store_explicit(&hearth_state.threads[index].tid, 0, memory_order_relaxed);
    }
    drain_thread = 0;
    live_threads = 0;
    refused = false;
}
