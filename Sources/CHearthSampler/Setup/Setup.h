// Shared by the files of Setup/; nothing here runs in a signal.
#pragma once

#include "../Handler/State.h"

#include <stdint.h>

/// Anonymous zeroed pages, which cost memory only when touched. NULL when there are none.
void *hearth_map_pages(size_t bytes);

/// The kernel's thread id of the caller.
int32_t hearth_thread_id(void);

// Threads.c
bool hearth_threads_allocate(void);
void hearth_threads_drop_clocks(void);

// CreatedThreads.c
/// Finds the real pthread_create; without it threads are found by listing only.
void hearth_created_threads_prepare(void);

// Attached by the thread itself, at its birth and death.
struct hearth_thread *hearth_thread_attach_self(void);
void hearth_thread_detach(struct hearth_thread *thread);

// Drain.c
int hearth_create_unsampled_thread(void *(*body)(void *), void *argument);
