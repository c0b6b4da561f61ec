// Slots for the spans that are open now. A span has its slot from its start until nobody holds its context any more, and
// the drain thread has read what was sampled in it; then the slot is the next span's, under a new generation.
//
// Whoever takes the word `state` from one of these to the next owns what the step says:
//   free → live            claim, by the tracer's wrapper; it stores the source before anybody knows the number
//   live → pending         the handler; from now on only the drain thread gives the slot back
//   pending → live         the drain thread, when what it met of the span has its ids
//   live → free            the end of the span's mark; the caller releases the source
//   pending → ended        the same, while a sample is on its way
//   ended → free           the drain thread; it releases the source
#include "../Handler/Spans.h"
#include "Setup.h"

static _Atomic uint64_t cursor;
static _Atomic uint64_t overflow;

bool hearth_spans_calibrate(const void *context_key, const void *mark_type, const void *storage, uint64_t expected) {
    if (!hearth_state.spans) {
        struct hearth_span_slot *slots = hearth_map_pages(sizeof(struct hearth_span_slot) * hearth_span_slots, false);
        if (!slots) return false;
        hearth_state.spans = slots;
    }
    struct hearth_stack_reader reader = {0};
    if (hearth_find_mark((uintptr_t)storage, (uintptr_t)mark_type, &reader) != expected) {
        atomic_store_explicit(&hearth_state.context_key, NULL, memory_order_release);
        return false;
    }
    hearth_state.mark_type = (uintptr_t)mark_type;
    atomic_store_explicit(&hearth_state.context_key, context_key, memory_order_release);
    return true;
}

static struct hearth_span_slot *slot_of(uint64_t number, uint64_t *state) {
    if (number == 0 || !hearth_state.spans) return NULL;
    struct hearth_span_slot *slot = &hearth_state.spans[number & (hearth_span_slots - 1)];
    *state = atomic_load_explicit(&slot->state, memory_order_acquire);
    return *state >> hearth_span_generation == number >> hearth_span_slot_bits ? slot : NULL;
}

uint64_t hearth_span_claim(void *source) {
    if (!hearth_state.spans) return 0;
    // In turn, so that a slot rests as long as it can. Some taken ones in a row mean that nearly all are.
    for (int turn = 0; turn < 32; turn++) {
        uint64_t index = atomic_fetch_add_explicit(&cursor, 1, memory_order_relaxed) & (hearth_span_slots - 1);
        struct hearth_span_slot *slot = &hearth_state.spans[index];
        uint64_t state = atomic_load_explicit(&slot->state, memory_order_relaxed);
        if (state & hearth_span_live) continue;
        uint64_t generation = ((state >> hearth_span_generation) + 1) & (HEARTH_SPAN_GENERATIONS - 1);
        if (generation == 0) generation = 1;
        if (!atomic_compare_exchange_strong_explicit(&slot->state, &state,
                                                     generation << hearth_span_generation | hearth_span_live,
                                                     memory_order_acquire, memory_order_relaxed)) {
            continue;
        }
        slot->source = source;
        return generation << hearth_span_slot_bits | index;
    }
    atomic_fetch_add_explicit(&overflow, 1, memory_order_relaxed);
    return 0;
}

bool hearth_span_was_sampled(uint64_t number) {
    uint64_t state;
    return slot_of(number, &state) && (state & hearth_span_seen);
}

void *hearth_span_end(uint64_t number) {
    uint64_t state;
    struct hearth_span_slot *slot = slot_of(number, &state);
    if (!slot) return NULL;
    void *source = slot->source;
    for (;;) {
        bool pending = state & hearth_span_pending;
        uint64_t next = pending ? state | hearth_span_ended : state >> hearth_span_generation << hearth_span_generation;
        if (atomic_compare_exchange_weak_explicit(&slot->state, &state, next, memory_order_acq_rel,
                                                  memory_order_acquire)) {
            return pending ? NULL : source;
        }
    }
}

void *hearth_span_source(uint64_t number) {
    uint64_t state;
    struct hearth_span_slot *slot = slot_of(number, &state);
    return slot && (state & hearth_span_pending) ? slot->source : NULL;
}

static void *settle(struct hearth_span_slot *slot, uint64_t state) {
    void *source = slot->source;
    for (;;) {
        if (!(state & hearth_span_pending)) return NULL;
        bool ended = state & hearth_span_ended;
        uint64_t next = ended ? state >> hearth_span_generation << hearth_span_generation
                              : state & ~(uint64_t)hearth_span_pending;
        if (atomic_compare_exchange_weak_explicit(&slot->state, &state, next, memory_order_acq_rel,
                                                  memory_order_acquire)) {
            return ended ? source : NULL;
        }
    }
}

void *hearth_span_settle(uint64_t number) {
    uint64_t state;
    struct hearth_span_slot *slot = slot_of(number, &state);
    return slot ? settle(slot, state) : NULL;
}

void hearth_spans_settle_all(void (*release)(void *source)) {
    if (!hearth_state.spans) return;
    for (uint64_t index = 0; index < hearth_span_slots; index++) {
        struct hearth_span_slot *slot = &hearth_state.spans[index];
        uint64_t state = atomic_load_explicit(&slot->state, memory_order_acquire);
        if (!(state & hearth_span_pending)) continue;
        void *source = settle(slot, state);
        if (source) release(source);
    }
}

struct hearth_span_counters hearth_read_span_counters(void) {
    return (struct hearth_span_counters){
        .overflow = atomic_load_explicit(&overflow, memory_order_relaxed),
        .stale = atomic_load_explicit(&hearth_state.spans_stale, memory_order_relaxed),
    };
}

uint32_t hearth_spans_taken(void) {
    uint32_t taken = 0;
    for (uint64_t index = 0; hearth_state.spans && index < hearth_span_slots; index++) {
        taken += atomic_load_explicit(&hearth_state.spans[index].state, memory_order_relaxed) & hearth_span_live;
    }
    return taken;
}

uint64_t hearth_spans_current(bool sampled) {
    struct hearth_stack_reader reader = {0};
    uintptr_t task = hearth_running_task();
    return sampled ? hearth_current_span(task, &reader) : hearth_bound_span(task, &reader);
}
