// The wall clock: at every turn each thread owes a stack for the time since the last one.
//
// A thread that has used CPU time since its last stack is sent a signal, and its handler takes all that is due. One that
// has not stands where it stood: the time is added to its last stack, by a record without frames. What the handler itself
// and the way back into a wait use does not count; so a wait is interrupted once, not at every turn.
#include "../Handler/Ring.h"
#include "Setup.h"

#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/// CPU time that a thread may use after its last stack and still count as one that has not run: the end of the handler and
/// the way back into a system call. What runs less than this between two turns is added up over turns.
enum { unnoticed_ns = 40000 };

static uint64_t last_turn;

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void hearth_wall_begin(void) { last_turn = now(); }

void hearth_wall_tell_repeats(struct hearth_thread *thread, int32_t tid) {
    if (thread->wall_repeats == 0) return;
    enum { words = sizeof(struct hearth_sample) / 8 };
    uint64_t *room = hearth_ring_reserve(words);
    if (!room) return; // with the next turn
    struct hearth_sample *record = (struct hearth_sample *)room;
    memset(&record->thread, 0, sizeof *record - sizeof record->control);
    record->thread = (uint32_t)tid;
    record->wall_ns = thread->wall_repeats;
    record->flags = hearth_sample_repeat;
    hearth_ring_commit(room, words);
    thread->wall_repeats = 0;
}

static void send_signal(struct hearth_thread *thread, int32_t tid) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    info.si_signo = SIGPROF;
    info.si_code = SI_QUEUE;
    info.si_pid = getpid();
    info.si_value.sival_ptr = (char *)thread + 1;
    syscall(SYS_rt_tgsigqueueinfo, getpid(), tid, SIGPROF, &info);
}

static void turn(struct hearth_thread *thread, int32_t tid, void *elapsed) {
    uint64_t due = *(const uint64_t *)elapsed, used;
    if (!hearth_cpu_time_of(tid, &used)) return; // ended a moment ago
    uint64_t unanswered = atomic_load_explicit(&thread->wall_due, memory_order_relaxed);
    if (unanswered == 0) {
        uint64_t noticed = atomic_load_explicit(&thread->wall_cpu, memory_order_acquire);
        if (thread->wall_sampled && used - noticed < unnoticed_ns) {
            thread->wall_repeats += due;
            return;
        }
        hearth_wall_tell_repeats(thread, tid);
    } else {
        hearth_state.unanswered++;
    }
    atomic_fetch_add_explicit(&thread->wall_due, due, memory_order_release);
    thread->wall_sampled = true;
    // Again each time: the kernel keeps one signal of a kind, and may have dropped ours for another user's.
    send_signal(thread, tid);
}

void hearth_wall_turn(void) {
    uint64_t time = now(), elapsed = time - last_turn;
    last_turn = time;
    hearth_state.unanswered = 0;
    hearth_threads_visit(turn, &elapsed);
    atomic_store_explicit(&hearth_state.threads_unanswered, hearth_state.unanswered, memory_order_relaxed);
}

static void flush(struct hearth_thread *thread, int32_t tid, void *nothing) {
    (void)nothing;
    hearth_wall_tell_repeats(thread, tid);
}

void hearth_wall_flush(void) { hearth_threads_visit(flush, NULL); }
