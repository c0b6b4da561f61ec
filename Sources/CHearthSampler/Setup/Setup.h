// Shared by the files of Setup/; nothing here runs in a signal.
#pragma once

#include "../Handler/State.h"

#include <stdint.h>

/// Anonymous zeroed pages, NULL when there are none. They cost memory when touched: now, so that no handler has to wait for
/// one, or when they are first used.
void *hearth_map_pages(size_t bytes, bool touched);

/// The kernel's thread id of the caller.
int32_t hearth_thread_id(void);

/// Every signal but those that an instruction causes by itself.
void hearth_fill_with_asynchronous_signals(sigset_t *set);

// StartStop.c
/// What `hearth_is_running` tells.
extern _Atomic bool hearth_running;

// Threads.c
bool hearth_threads_allocate(void);
/// Clocks for the threads noticed so far; those to come get theirs when they are noticed.
void hearth_threads_start_clocks(void);
void hearth_threads_drop_clocks(void);
void hearth_threads_forget_in_child(void);
/// The calling thread is Hearth's own: no listing gives it a clock.
void hearth_threads_exclude_self(void);

// Counters.c
/// Takes the first reading of the tick counter. Under the lock of hearth_start.
void hearth_counters_prepare(void);
/// What a tick of the counter is worth; measured over a millisecond at first, then over the time since.
double hearth_nanoseconds_a_tick(void);

// CreatedThreads.c
/// Finds the real pthread_create; without it threads are found by listing only.
void hearth_created_threads_prepare(void);

// Attached by the thread itself, at its birth and death.
struct hearth_thread *hearth_thread_attach_self(void);
void hearth_thread_detach(struct hearth_thread *thread);

// Drain.c
void hearth_drain_prepare_in_child(void);
int hearth_create_unsampled_thread(void *(*body)(void *), void *argument);
