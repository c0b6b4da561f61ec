// The reading end of the ring; one thread.
#include "../Handler/Ring.h"

#include <string.h>

const struct hearth_sample *hearth_ring_peek(void) {
    struct hearth_state *state = &hearth_state;
    if (!state->ring) return NULL;
    uint64_t tail = atomic_load_explicit(&state->ring_tail, memory_order_relaxed);
    for (;;) {
        if (tail == atomic_load_explicit(&state->ring_head, memory_order_acquire)) break;
        uint64_t *record = &state->ring[tail & (state->ring_words - 1)];
        uint64_t control = atomic_load_explicit((_Atomic uint64_t *)record, memory_order_acquire);
        if (control == 0) break;
        if (!(control & HEARTH_RING_PADDING)) return (const struct hearth_sample *)record;
        // A padding's words were never written but for the first.
        *record = 0;
        tail += HEARTH_RING_LENGTH(control);
        atomic_store_explicit(&state->ring_tail, tail, memory_order_release);
    }
    atomic_store_explicit(&state->ring_alarm, false, memory_order_relaxed);
    return NULL;
}

void hearth_ring_release(const struct hearth_sample *sample) {
    struct hearth_state *state = &hearth_state;
    uint64_t tail = atomic_load_explicit(&state->ring_tail, memory_order_relaxed);
    uint64_t *record = &state->ring[tail & (state->ring_words - 1)];
    if ((const struct hearth_sample *)record != sample) return;
    uint64_t words = HEARTH_RING_LENGTH(sample->control);
    // Every word: the next record may begin at any of them, and must find 0 there.
    memset(record, 0, words * 8);
    atomic_store_explicit(&state->ring_tail, tail + words, memory_order_release);
}
