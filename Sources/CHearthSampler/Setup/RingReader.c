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

static uint32_t bucket_of(uint64_t ticks) {
    if (ticks < 4) return (uint32_t)ticks;
    uint32_t exponent = 63 - (uint32_t)__builtin_clzll(ticks);
    uint32_t bucket = ((exponent - 1) << 2) | (uint32_t)((ticks >> (exponent - 2)) & 3);
    return bucket < hearth_bucket_count ? bucket : hearth_bucket_count - 1;
}

/// One writer: the counters need no locked additions, only whole words for those who read them.
static void count(_Atomic uint64_t *counter, uint64_t amount) {
    uint64_t value = atomic_load_explicit(counter, memory_order_relaxed);
    atomic_store_explicit(counter, value + amount, memory_order_relaxed);
}

static void count_sample(const struct hearth_sample *sample) {
    struct hearth_state *state = &hearth_state;
    if (sample->flags & hearth_sample_repeat) return;
    count(&state->samples, 1);
    if (sample->flags & hearth_sample_truncated) count(&state->truncated, 1);
    if (sample->flags & hearth_sample_gave_up) count(&state->gave_up, 1);
    if (sample->flags & hearth_sample_async) count(&state->async, 1);
    if (sample->flags & hearth_sample_async_broken) count(&state->async_broken, 1);
    if (sample->flags & hearth_sample_interrupted) count(&state->interrupted_calls, 1);
    count(&state->handler_ticks, sample->handler_ticks);
    count(&state->handler_times[bucket_of(sample->handler_ticks)], 1);
}

void hearth_ring_release(const struct hearth_sample *sample) {
    struct hearth_state *state = &hearth_state;
    uint64_t tail = atomic_load_explicit(&state->ring_tail, memory_order_relaxed);
    uint64_t *record = &state->ring[tail & (state->ring_words - 1)];
    if ((const struct hearth_sample *)record != sample) return;
    count_sample(sample);
    uint64_t words = HEARTH_RING_LENGTH(sample->control);
    // Every word: the next record may begin at any of them, and must find 0 there.
    memset(record, 0, words * 8);
    atomic_store_explicit(&state->ring_tail, tail + words, memory_order_release);
}
