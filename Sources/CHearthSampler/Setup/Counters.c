#include "../Handler/Processor.h"
#include "Setup.h"

#include <time.h>

/// What a tick is worth, from two readings of the counter and the clock as far apart as they can be.
static struct {
    uint64_t ticks, nanoseconds;
} first_reading;

static uint64_t monotonic(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

double hearth_nanoseconds_a_tick(void) {
    if (first_reading.ticks == 0) return 1;
    uint64_t nanoseconds;
    do {
        nanoseconds = monotonic() - first_reading.nanoseconds;
    } while (nanoseconds < 1000000);
    return (double)nanoseconds / (double)(hearth_ticks() - first_reading.ticks);
}

void hearth_counters_prepare(void) {
    if (first_reading.ticks != 0) return;
    first_reading.nanoseconds = monotonic();
    first_reading.ticks = hearth_ticks();
}

struct hearth_tick_scale hearth_read_tick_scale(void) {
    struct hearth_tick_scale scale = {.nanoseconds_a_tick = hearth_nanoseconds_a_tick()};
    scale.nanoseconds = monotonic();
    scale.ticks = hearth_ticks();
    return scale;
}

double hearth_read_handler_times(uint64_t *counts) {
    for (int index = 0; index < hearth_bucket_count; index++) {
        counts[index] = atomic_load_explicit(&hearth_state.handler_times[index], memory_order_relaxed);
    }
    return hearth_nanoseconds_a_tick();
}

struct hearth_counters hearth_read_counters(void) {
#define READ(name) .name = atomic_load_explicit(&hearth_state.name, memory_order_relaxed)
    uint64_t ticks = atomic_load_explicit(&hearth_state.handler_ticks, memory_order_relaxed);
    return (struct hearth_counters){
        READ(samples),
        READ(lost_ring_full),
        READ(lost_no_scratch),
        READ(lost_no_room),
        READ(lost_unknown),
        READ(lost_ns),
        READ(truncated),
        READ(gave_up),
        READ(async),
        READ(async_broken),
        READ(interrupted_calls),
        READ(faults_avoided),
        .handler_ns = (uint64_t)((double)ticks * hearth_nanoseconds_a_tick()),
        READ(threads_refused),
        READ(threads_blocked),
        READ(threads_unanswered),
    };
#undef READ
}
