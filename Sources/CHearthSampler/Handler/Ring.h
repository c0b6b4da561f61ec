// The writing end of the ring: any number of handlers, no lock.
//
// A writer reserves words by moving `head` with a compare-and-swap, fills them, and stores the control word last, with
// release order; the reader takes a record when its control word is not 0, with acquire order, and zeroes it before it
// moves `tail`. A writer that is stopped half-way delays the reader and loses nothing.
#pragma once

#include "State.h"

#include <errno.h>

/// The control word: a bit that is always set, then the length in words.
#define HEARTH_RING_RECORD (1ull << 63)
#define HEARTH_RING_PADDING (1ull << 62)
#define HEARTH_RING_LENGTH(control) ((control) & 0xFFFFFFFF)

/// Room for `words` in a row, or NULL when the ring is full. The first word belongs to `hearth_ring_commit`.
static inline uint64_t *hearth_ring_reserve(uint64_t words) {
    struct hearth_state *state = &hearth_state;
    uint64_t head = atomic_load_explicit(&state->ring_head, memory_order_relaxed);
    for (;;) {
        uint64_t tail = atomic_load_explicit(&state->ring_tail, memory_order_acquire);
        if (head - tail > state->ring_words) {
            // The reader has overtaken what we knew of the head.
            head = atomic_load_explicit(&state->ring_head, memory_order_relaxed);
            continue;
        }
        uint64_t at = head & (state->ring_words - 1);
        // A record does not wrap: what is left at the end becomes padding.
        uint64_t padding = at + words > state->ring_words ? state->ring_words - at : 0;
        if (head + padding + words - tail > state->ring_words) return NULL;
        if (atomic_compare_exchange_weak_explicit(&state->ring_head, &head, head + padding + words,
                                                  memory_order_relaxed, memory_order_relaxed)) {
            if (padding) {
                atomic_store_explicit((_Atomic uint64_t *)&state->ring[at], HEARTH_RING_PADDING | padding,
                                      memory_order_release);
                at = 0;
            }
            if (head + padding + words - tail > state->ring_words / 2 &&
                !atomic_exchange_explicit(&state->ring_alarm, true, memory_order_relaxed)) {
                // Async-signal-safe by POSIX: an atomic addition and, when somebody waits, one system call.
                int saved_errno = errno;
                sem_post(&state->wake);
                errno = saved_errno;
            }
            return &state->ring[at];
        }
    }
}

static inline void hearth_ring_commit(uint64_t *record, uint64_t words) {
    atomic_store_explicit((_Atomic uint64_t *)record, HEARTH_RING_RECORD | words, memory_order_release);
}
