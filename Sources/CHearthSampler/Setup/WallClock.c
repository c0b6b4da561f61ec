// The wall clock: at every turn each thread owes a stack for the time since the last one.
//
// A thread that has used CPU time since its last stack is sent a signal, and its handler takes all that is due. One that
// has not stands where it stood: the time is added to its last stack, by a record without frames. What the handler itself
// and the way back into a wait use makes a thread look as if it had run: there the kernel is asked where it waits. So a wait
// is interrupted once, not at every turn.
#include "../Handler/Processor.h"
#include "../Handler/Ring.h"
#include "Setup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/// CPU time in which a thread can have come back to where it waited: the end of the handler, the way into the system call again,
/// a loop of the host's around it. With more than that it has done something, whatever it waits for now.
enum { return_ns = 40000 };

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

/// Whether a thread waits in the system call in which its last stack was taken: with the same stack pointer, at the same
/// instruction. The kernel tells only of threads that wait.
static bool is_in_the_same_wait(const struct hearth_thread *thread, int32_t tid) {
    char path[64], text[256];
    snprintf(path, sizeof path, "/proc/self/task/%d/syscall", tid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    // Where the kernel does not tell (a process that has given up its rights, no descriptors left), so little CPU time has to
    // do: else each turn would interrupt the wait.
    if (file < 0) return errno != ENOENT && errno != ESRCH;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0) return false;
    text[length] = 0;
    // … stack pointer, program counter: the last two words. "running" has none.
    char *last = strrchr(text, ' ');
    if (!last) return false;
    *last = 0;
    char *before = strrchr(text, ' ');
    uintptr_t sp, pc;
    if (!before || sscanf(before, " %" SCNxPTR, &sp) != 1 || sscanf(last + 1, "%" SCNxPTR, &pc) != 1) return false;
    uintptr_t seen = atomic_load_explicit(&thread->wall_pc, memory_order_relaxed);
    return sp == atomic_load_explicit(&thread->wall_sp, memory_order_relaxed) &&
           (pc == seen || pc == seen + hearth_call_instruction_bytes);
}

/// Whether the thread stands where its last stack was taken.
static bool stands_still(struct hearth_thread *thread, int32_t tid, uint64_t used) {
    if (used == thread->wall_settled) return true;
    uint64_t after_sample = atomic_load_explicit(&thread->wall_cpu, memory_order_acquire);
    uint64_t noticed = thread->wall_settled > after_sample ? thread->wall_settled : after_sample;
    if (used - noticed > return_ns || !is_in_the_same_wait(thread, tid)) return false;
    thread->wall_settled = used;
    return true;
}

static void send_signal(struct hearth_thread *thread, int32_t tid) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    info.si_signo = SIGPROF;
    // The kernel drops what is pending of timers at an exec, and of nobody else: any other code could kill the new program. The
    // odd address tells this signal from a timer's own.
    info.si_code = SI_TIMER;
    info.si_value.sival_ptr = (char *)thread + 1;
    syscall(SYS_rt_tgsigqueueinfo, getpid(), tid, SIGPROF, &info);
}

static void turn(struct hearth_thread *thread, int32_t tid, void *elapsed) {
    uint64_t due = *(const uint64_t *)elapsed, used;
    if (!hearth_cpu_time_of(tid, &used)) return; // ended a moment ago
    uint64_t unanswered = atomic_load_explicit(&thread->wall_due, memory_order_relaxed);
    if (unanswered == 0) {
        if (thread->wall_sampled && stands_still(thread, tid, used)) {
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

static void ask(struct hearth_thread *thread, int32_t tid, void *nothing) {
    (void)nothing;
    atomic_store_explicit(&thread->wall_due, 1, memory_order_release);
    send_signal(thread, tid);
}

static void forgive(struct hearth_thread *thread, int32_t tid, void *nothing) {
    (void)tid, (void)nothing;
    atomic_store_explicit(&thread->wall_due, 0, memory_order_relaxed);
}

void hearth_census_begin(void) {
    atomic_store_explicit(&hearth_state.wall, true, memory_order_relaxed);
    hearth_threads_visit(ask, NULL);
}

void hearth_census_end(void) {
    atomic_store_explicit(&hearth_state.wall, false, memory_order_relaxed);
    hearth_threads_visit(forgive, NULL);
}

static void flush(struct hearth_thread *thread, int32_t tid, void *nothing) {
    (void)nothing;
    hearth_wall_tell_repeats(thread, tid);
}

void hearth_wall_flush(void) { hearth_threads_visit(flush, NULL); }
