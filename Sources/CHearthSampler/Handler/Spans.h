// The span of the running code, for tracers that Hearth wraps. Safe in a signal.
//
// A tracer binds its context as a task-local value: one pointer to the storage of a Swift dictionary. Hearth's wrapper puts
// a mark into it, a value of a type that nothing else has, which carries the number of a slot of the table below. So the
// handler looks for a value of that type; where the dictionary keeps its values is found out by looking (Setup/Spans.c).
#pragma once

#include "Labels.h"

enum {
    // The storage of a dictionary: entries; log2 of its buckets; its values, of four words each; a bit a bucket in use.
    hearth_dictionary_count = 16,
    hearth_dictionary_scale = 32, // the low byte
    hearth_dictionary_values = 56,
    hearth_dictionary_bitmap = 64,
    hearth_dictionary_value_size = 32, // three words of the value itself, then its type
    hearth_dictionary_value_type = 24,
    hearth_dictionary_scale_limit = 8, // a context with more than 192 entries has no span for us
};

/// The number in the mark of a context; 0 for none.
static inline uint64_t hearth_find_mark(uintptr_t storage, uintptr_t mark_type, struct hearth_stack_reader *reader) {
    uintptr_t count, scale, values, bits, type, number;
    if (!hearth_stack_load(reader, storage + hearth_dictionary_count, &count) || count == 0) return 0;
    if (!hearth_stack_load(reader, storage + hearth_dictionary_scale, &scale)) return 0;
    scale &= 0xFF;
    if (scale > hearth_dictionary_scale_limit) return 0;
    if (!hearth_stack_load(reader, storage + hearth_dictionary_values, &values)) return 0;
    uintptr_t buckets = (uintptr_t)1 << scale;
    for (uintptr_t first = 0; first < buckets; first += 64) {
        if (!hearth_stack_load(reader, storage + hearth_dictionary_bitmap + first / 8, &bits)) return 0;
        if (buckets < 64) bits &= ((uintptr_t)1 << buckets) - 1; // bits past the buckets are set
        for (; bits; bits &= bits - 1) {
            uintptr_t value =
                values + (first + (uintptr_t)__builtin_ctzll(bits)) * hearth_dictionary_value_size;
            if (!hearth_stack_load(reader, value + hearth_dictionary_value_type, &type)) return 0;
            if (type == mark_type) return hearth_stack_load(reader, value, &number) ? number : 0;
        }
    }
    return 0;
}

/// Notes that a sample of the span is on its way to the drain thread, which will ask the slot's source for its ids. False
/// when the slot is another span's by now, as a stale task pointer can make it seem.
static inline bool hearth_span_mark_sampled(uint64_t number) {
    struct hearth_span_slot *slot = &hearth_state.spans[number & (hearth_span_slots - 1)];
    uint64_t generation = number >> hearth_span_slot_bits;
    uint64_t state = atomic_load_explicit(&slot->state, memory_order_acquire);
    // Others may change the word as well, each once or twice in a span's life.
    for (int turn = 0; turn < 8; turn++) {
        if (state >> hearth_span_generation != generation) return false;
        if ((state & (hearth_span_live | hearth_span_ended)) != hearth_span_live) return false;
        if (state & hearth_span_pending) return true;
        if (atomic_compare_exchange_weak_explicit(&slot->state, &state, state | hearth_span_pending | hearth_span_seen,
                                                  memory_order_acq_rel, memory_order_acquire)) {
            return true;
        }
    }
    return false;
}

/// The number in the mark of the context in force, whether or not it is valid; 0 for none.
static inline uint64_t hearth_bound_span(uintptr_t task, struct hearth_stack_reader *reader) {
    const void *key = atomic_load_explicit(&hearth_state.context_key, memory_order_acquire);
    uintptr_t storage = hearth_bound_value(key, task, reader);
    return storage ? hearth_find_mark(storage, hearth_state.mark_type, reader) : 0;
}

/// The span in force; 0 for none. Called when the sample has its room in the ring: a slot that is marked and never told
/// to the drain thread would not be given back until the next start.
static inline uint64_t hearth_current_span(uintptr_t task, struct hearth_stack_reader *reader) {
    uint64_t number = hearth_bound_span(task, reader);
    if (number == 0) return 0;
    if (number >> HEARTH_SPAN_BITS == 0 && hearth_span_mark_sampled(number)) return number;
    atomic_fetch_add_explicit(&hearth_state.spans_stale, 1, memory_order_relaxed);
    return 0;
}
