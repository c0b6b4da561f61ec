// Shared by the files of Setup/; nothing here runs in a signal.
#pragma once

#include "../Handler/State.h"

#include <stdint.h>
#include <time.h>

/// Anonymous zeroed pages, NULL when there are none. They cost memory when touched: now, so that no handler has to wait for
/// one, or when they are first used.
void *hearth_map_pages(size_t bytes, bool touched);

/// The same, touched, and in huge pages where the system has them; rounded up to one.
void *hearth_map_huge_pages(size_t bytes);

/// The kernel's thread id of the caller.
int32_t hearth_thread_id(void);

/// Every signal but those that an instruction causes by itself.
void hearth_fill_with_asynchronous_signals(sigset_t *set);

// StartStop.c
/// What `hearth_is_running` tells.
extern _Atomic bool hearth_running;
// Clocks.c
clockid_t hearth_cpu_clock(int32_t tid);
/// CPU time that a thread of this process has used. False when it has ended.
bool hearth_cpu_time_of(int32_t tid, uint64_t *nanoseconds);
enum hearth_start_result hearth_clock_choose(enum hearth_clock wanted, uint64_t period_ns);
/// Starts a thread's clock, a perf event or a timer; false when both are refused, with errno. Under the lock of threads.
bool hearth_clock_start(struct hearth_thread *thread, int32_t tid);
void hearth_clock_stop(struct hearth_thread *thread);
/// What a thread that ends still owed goes to the next one that begins. Under the lock of threads.
void hearth_clock_carry(struct hearth_thread *thread);
/// At the end: nobody will take it.
void hearth_clock_lose_carried(void);
void hearth_clock_set_period(struct hearth_thread *thread, int32_t tid, uint64_t period_ns);
void hearth_clocks_forget_in_child(void);

// WallClock.c
void hearth_wall_begin(void);
/// Tells the reader of the ring, in order with the thread's samples, for how long its last stack has held. Under the lock of
/// threads.
void hearth_wall_tell_repeats(struct hearth_thread *thread, int32_t tid);

// Modules.c
/// Whether an address lies in code of a known object file.
bool hearth_is_code(uintptr_t address);

// Threads.c
bool hearth_threads_allocate(void);
/// The period of the clocks to come.
void hearth_threads_prepare(uint64_t period_ns);
/// Calls `visit` for each thread that is sampled, under the lock.
void hearth_threads_visit(void (*visit)(struct hearth_thread *, int32_t, void *), void *context);
/// Clocks for the threads noticed so far; those to come get theirs when they are noticed.
void hearth_threads_start_clocks(void);
void hearth_threads_drop_clocks(void);
void hearth_threads_forget_in_child(void);
/// The calling thread is Hearth's own: no listing gives it a clock.
void hearth_threads_exclude_self(void);
/// It comes to its end: its number may go to a thread of the host.
void hearth_threads_include_self(void);

// Counters.c
/// Takes the first reading of the tick counter. Under the lock of hearth_start.
void hearth_counters_prepare(void);
/// What a tick of the counter is worth; measured over a millisecond at first, then over the time since.
double hearth_nanoseconds_a_tick(void);

// CreatedThreads.c
/// Finds the real pthread_create; without it threads are found by listing only.
void hearth_created_threads_prepare(void);

// Attached by the thread itself, at its birth and death.
struct hearth_thread *hearth_thread_attach_self(bool is_new);
void hearth_thread_detach(struct hearth_thread *thread);

// Drain.c
void hearth_drain_prepare_in_child(void);

// CreatedThreads.c
/// Makes a thread that blocks every asynchronous signal.
int hearth_create_unsampled_thread(void *(*body)(void *), void *argument);
/// The calling thread is Hearth's own: threads made by it get the mask of the host's.
void hearth_created_threads_are_the_hosts(void);
