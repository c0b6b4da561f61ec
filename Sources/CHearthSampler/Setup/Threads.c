// The table of sampled threads and their clocks.
//
// Lock order: `lock` is a leaf, nothing is called under it that takes another lock of ours. It is held for a few system
// calls at most and never in a signal; SIGPROF may arrive while it is held, since the handler does not take it.
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
static uint64_t period; // of the clocks to come
// Listings in a row that met threads which block the signal. Every thread does so for a moment when it is made: libc blocks
// all signals over the creation.
static uint32_t blocked_listings;
enum { blocked_listings_limit = 5 };

bool hearth_threads_allocate(void) {
    if (hearth_state.threads) return true;
    hearth_state.threads = hearth_map_pages(sizeof(struct hearth_thread) * hearth_thread_limit, false);
    return hearth_state.threads != NULL;
}

/// Takes a free slot for `tid` and starts its clock. Under the lock.
static struct hearth_thread *add(int32_t tid) {
    for (uint32_t index = 0; index <= used_slots && index < hearth_thread_limit; index++) {
        struct hearth_thread *thread = &hearth_state.threads[index];
        if (atomic_load_explicit(&thread->tid, memory_order_relaxed) != 0) continue;
        thread->timer = -1;
        thread->perf_fd = -1;
        thread->attached = false;
        thread->missed = false;
        thread->bounds_sought = false;
        thread->samples = 0;
        atomic_store_explicit(&thread->owed_ns, 0, memory_order_relaxed);
        thread->wall_sampled = false;
        thread->wall_repeats = 0;
        atomic_store_explicit(&thread->wall_due, 0, memory_order_relaxed);
        atomic_store_explicit(&thread->wall_cpu, 0, memory_order_relaxed);
        thread->wall_settled = 0;
        atomic_store_explicit(&thread->period_ns, period, memory_order_relaxed);
        atomic_store_explicit(&thread->stack_low, 0, memory_order_relaxed);
        atomic_store_explicit(&thread->stack_high, 0, memory_order_relaxed);
        atomic_store_explicit(&thread->seen_stack_pointer, 0, memory_order_relaxed);
        atomic_store_explicit(&thread->tid, tid, memory_order_release);
        if (atomic_load_explicit(&hearth_state.armed, memory_order_acquire) && !hearth_clock_start(thread, tid)) {
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
    hearth_clock_stop(thread);
    hearth_wall_tell_repeats(thread, atomic_load_explicit(&thread->tid, memory_order_relaxed));
    // What the wall clock was still owed is nobody's now.
    uint64_t due = atomic_exchange_explicit(&thread->wall_due, 0, memory_order_relaxed);
    if (due) atomic_fetch_add_explicit(&hearth_state.lost_ns, due, memory_order_relaxed);
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

struct hearth_thread *hearth_thread_attach_self(bool is_new) {
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
        // At its birth it has no slot yet, unless one of a former thread of the same number, whose clock is dead.
        if (thread && is_new) {
            remove_thread(thread);
            thread = NULL;
        }
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
    if (atomic_load_explicit(&thread->tid, memory_order_relaxed) == tid) {
        hearth_clock_carry(thread);
        remove_thread(thread);
    }
    pthread_mutex_unlock(&lock);
}

void hearth_threads_start_clocks(void) {
    pthread_mutex_lock(&lock);
    for (uint32_t index = 0; index < used_slots; index++) {
        struct hearth_thread *thread = &hearth_state.threads[index];
        int32_t tid = atomic_load_explicit(&thread->tid, memory_order_relaxed);
        if (tid != 0 && thread->timer < 0 && thread->perf_fd < 0 && !hearth_clock_start(thread, tid)) remove_thread(thread);
    }
    pthread_mutex_unlock(&lock);
}

void hearth_threads_drop_clocks(void) {
    pthread_mutex_lock(&lock);
    for (uint32_t index = 0; index < used_slots; index++) remove_thread(&hearth_state.threads[index]);
    hearth_clock_lose_carried();
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

void hearth_threads_visit(void (*visit)(struct hearth_thread *, int32_t, void *), void *context) {
    pthread_mutex_lock(&lock);
    for (uint32_t index = 0; index < used_slots; index++) {
        struct hearth_thread *thread = &hearth_state.threads[index];
        int32_t tid = atomic_load_explicit(&thread->tid, memory_order_relaxed);
        if (tid != 0) visit(thread, tid, context);
    }
    pthread_mutex_unlock(&lock);
}

static void set_period_of(struct hearth_thread *thread, int32_t tid, void *nanoseconds) {
    hearth_clock_set_period(thread, tid, *(const uint64_t *)nanoseconds);
}

static void pause_clock_of(struct hearth_thread *thread, int32_t tid, void *paused) {
    if (*(const bool *)paused) hearth_clock_stop(thread);
    else if (thread->timer < 0 && thread->perf_fd < 0) hearth_clock_start(thread, tid);
}

void hearth_pause(bool paused) { hearth_threads_visit(pause_clock_of, &paused); }

void hearth_threads_prepare(uint64_t period_ns) {
    pthread_mutex_lock(&lock);
    period = period_ns;
    pthread_mutex_unlock(&lock);
}

void hearth_set_period(uint64_t period_ns) {
    hearth_threads_prepare(period_ns);
    if (atomic_load_explicit(&hearth_state.armed, memory_order_acquire)) hearth_threads_visit(set_period_of, &period_ns);
}

uint32_t hearth_threads_refresh(bool thorough) {
    pthread_mutex_lock(&lock);
    if (!atomic_load_explicit(&hearth_state.armed, memory_order_acquire)) {
        pthread_mutex_unlock(&lock);
        return 0;
    }
    find_missing_bounds();
    uint32_t threads = count_threads();
    if (thorough) {
        refused = false;
        blocked_listings = 0;
    }
    if (thorough || threads == 0 || (threads != live_threads + 1 && !refused)) {
        DIR *directory = opendir("/proc/self/task");
        if (directory) {
            // One bit a slot: those not met in the listing are of threads that have ended without telling.
            static bool met[hearth_thread_limit];
            memset(met, 0, used_slots);
            uint32_t blocked = 0;
            struct dirent *entry;
            while ((entry = readdir(directory))) {
                int32_t tid = (int32_t)strtol(entry->d_name, NULL, 10);
                if (tid <= 0 || tid == drain_thread) continue;
                struct hearth_thread *thread = find(tid);
                if (!thread) {
                    if (blocks_signal(tid)) {
                        blocked++;
                        continue;
                    }
                    thread = add(tid);
                }
                if (thread) met[thread - hearth_state.threads] = true;
            }
            closedir(directory);
            atomic_store_explicit(&hearth_state.threads_blocked, blocked, memory_order_relaxed);
            if (blocked && ++blocked_listings >= blocked_listings_limit) refused = true;
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

void hearth_threads_forget_in_child(void) {
    pthread_mutex_init(&lock, NULL);
    if (!hearth_state.threads) return;
    hearth_clocks_forget_in_child();
    // The child has one thread. One slot past the count: it may have been
    // taken and not yet counted.
    for (uint32_t index = 0; index <= used_slots && index < hearth_thread_limit; index++) {
        atomic_store_explicit(&hearth_state.threads[index].tid, 0, memory_order_relaxed);
    }
    drain_thread = 0;
    live_threads = 0;
    refused = false;
}
