#include "CHearthStepper.h"
#include "CHearthSampler.h"
#include "Processor.h"
#include "Signals.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

// The witness: what every call pushed, and where. A call whose place the stack pointer has passed has returned, whichever
// way: by a return, longjmp, or an exception.
enum { witness_limit = 1024, record_limit = 1 << 14, table_slots = 1 << 18 };
static struct {
    uintptr_t place;
    uint64_t frame; // as a walk records it: with HEARTH_PC_EXACT where no call has pushed it
} calls[witness_limit];
static size_t call_count;
// The callers of the function that steps, as they are recorded.
static uint64_t base[hearth_max_frames];
static size_t base_count;
static uintptr_t previous_pc, previous_sp;

static struct hearth_steps steps;
static uint64_t budget_left;
static uintptr_t stack_high;
static bool over, skips_libunwind;

static struct hearth_step_record *records;
static size_t record_count;
static uint64_t *addresses; // a set of program counters
static struct known {
    uint64_t key;
    uint32_t record; // index + 1
} *known;

static const struct hearth_step_range *watched;
static size_t watched_count;

static struct hearth_walked hybrid, libunwind, cut;
static uint64_t witness[witness_limit + hearth_max_frames];

static uint64_t mix(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 29;
}

static bool is_watched(uintptr_t address) {
    size_t low = 0, high = watched_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (watched[middle].end <= address) low = middle + 1;
        else high = middle;
    }
    return low < watched_count && watched[low].start <= address;
}

static void count_address(uintptr_t pc) {
    for (size_t slot = mix(1, pc) % table_slots;; slot = (slot + 1) % table_slots) {
        if (addresses[slot] == pc) return;
        if (addresses[slot] == 0) {
            if (steps.addresses == table_slots / 2) return;
            addresses[slot] = pc;
            steps.addresses++;
            return;
        }
    }
}

static void keep(uint32_t events, uintptr_t pc, uintptr_t innermost, uint64_t key, size_t witness_count) {
    key = mix(key, events) | 1;
    size_t slot = key % table_slots;
    while (known[slot].key != 0 && known[slot].key != key) slot = (slot + 1) % table_slots;
    if (known[slot].key == key) {
        records[known[slot].record - 1].count++;
        return;
    }
    if (record_count == record_limit) return;
    struct hearth_step_record *record = &records[record_count++];
    known[slot] = (struct known){key, (uint32_t)record_count};
    *record = (struct hearth_step_record){
        .events = events, .flags = hybrid.flags, .count = 1, .pc = pc, .watched = innermost};
    memcpy(record->code, (const void *)pc, sizeof record->code);
    const struct hearth_walked *shown = events & hearth_step_cut_differs ? &cut : &hybrid;
    const uint64_t *frames[3] = {witness, shown->frames, libunwind.frames};
    const size_t counts[3] = {witness_count, shown->count, libunwind.count};
    for (int chain = 0; chain < 3; chain++) {
        record->counts[chain] =
            (uint32_t)(counts[chain] < hearth_step_frame_limit ? counts[chain] : hearth_step_frame_limit);
        memcpy(record->frames[chain], frames[chain], record->counts[chain] * sizeof(uint64_t));
    }
}

/// Whether the physical frames of a walk are those of the witness, in address and kind.
static bool agrees(const struct hearth_walked *walked, size_t witness_count) {
    size_t at = 0;
    for (uint32_t index = 0; index < walked->count; index++) {
        if (walked->frames[index] & HEARTH_PC_ASYNC) continue;
        if (at == witness_count || walked->frames[index] != witness[at]) return false;
        at++;
    }
    return at == witness_count;
}

/// Where a frame stands: a return address is one behind.
static uintptr_t lookup_address(uint64_t frame) {
    return (uintptr_t)(frame & HEARTH_PC_MASK) - (frame & HEARTH_PC_EXACT ? 0 : 1);
}

static void compare(ucontext_t *context, uintptr_t pc) {
    hearth_walk_from(hearth_unwinder_hybrid, context, stack_high, true, &hybrid);
    libunwind.count = 0;
    if (!skips_libunwind) hearth_walk_from(hearth_unwinder_libunwind, context, stack_high, true, &libunwind);
    if (base_count == 0) {
        // The first instruction is in hearth_step itself.
        base_count = hybrid.count - 1;
        for (size_t index = 0; index < base_count; index++) base[index] = hybrid.frames[index + 1];
    }
    size_t count = 0;
    witness[count++] = pc | HEARTH_PC_EXACT;
    for (size_t index = call_count; index-- > 0;) witness[count++] = calls[index].frame;
    for (size_t index = 0; index < base_count; index++) witness[count++] = base[index];
    uint32_t events = 0;
    if (!agrees(&hybrid, count)) events |= hearth_step_hybrid_differs;
    if (!skips_libunwind && !agrees(&libunwind, count)) events |= hearth_step_libunwind_differs;
    if (steps.instructions == 0) steps.began = events == 0 && hybrid.flags & hearth_sample_reached_root;
    steps.instructions++;
    count_address(pc);
    uint64_t hash = mix(2, pc);
    if (events) {
        for (uint32_t index = 0; index < hybrid.count; index++) hash = mix(hash, hybrid.frames[index]);
        for (uint32_t index = 0; index < libunwind.count; index++) hash = mix(hash, libunwind.frames[index]);
        keep(events, pc, 0, hash, count);
    } else {
        steps.same++;
    }
    size_t place = 0;
    while (place < count && !is_watched(lookup_address(witness[place]))) place++;
    if (place == count) return;
    uintptr_t innermost = lookup_address(witness[place]);
    hash = mix(3, innermost);
    for (uint32_t index = 0; index < hybrid.count; index++) {
        if (hybrid.frames[index] & HEARTH_PC_ASYNC) hash = mix(hash, hybrid.frames[index]);
    }
    keep(hearth_step_logical, pc, innermost, hash, count);
    if (!(hybrid.flags & hearth_sample_async)) return;
    // Without the run loop it is the same chain, cut behind the logical callers.
    hearth_walk_from(hearth_unwinder_hybrid, context, stack_high, false, &cut);
    bool is_prefix = cut.count <= hybrid.count && cut.flags & hearth_sample_reached_root;
    for (uint32_t index = 0; is_prefix && index < cut.count; index++) is_prefix = cut.frames[index] == hybrid.frames[index];
    if (!is_prefix) keep(hearth_step_cut_differs, pc, innermost, mix(4, innermost), count);
}

static void handle(int number, siginfo_t *info, void *interrupted) {
    (void)number;
    (void)info;
    ucontext_t *context = interrupted;
    int saved = errno;
    uintptr_t pc = interrupted_pc(context), sp = interrupted_sp(context);
    if (pc == (uintptr_t)hearth_trap_off) {
        steps.ended = true;
        over = true;
    } else if (budget_left-- == 0) {
        over = true;
    }
    if (over) {
        end_steps(context);
        errno = saved;
        return;
    }
    while (call_count > 0 && calls[call_count - 1].place < sp) call_count--;
    if (previous_pc && sp == previous_sp - 8 && is_call((const uint8_t *)previous_pc) && call_count < witness_limit) {
        calls[call_count].place = sp;
        calls[call_count++].frame = *(const uintptr_t *)sp;
    }
    previous_pc = pc;
    previous_sp = sp;
    compare(context, pc);
    errno = saved;
}

void hearth_step_enter_signal(void *interrupted) {
    ucontext_t *context = interrupted;
    while (call_count > 0 && calls[call_count - 1].place < interrupted_sp(context)) call_count--;
    calls[call_count].place = interrupted_pc_place(context);
    calls[call_count++].frame = interrupted_pc(context) | HEARTH_PC_EXACT;
    uintptr_t place = handler_return_place(context);
    calls[call_count].place = place;
    calls[call_count++].frame = *(const uintptr_t *)place | HEARTH_PC_EXACT;
    previous_pc = 0;
}

bool hearth_step_is_over(void) { return over; }

static void *pages(size_t bytes) {
    void *result = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (result == MAP_FAILED) abort();
    return result;
}

void hearth_step(void (*body)(void *), void *body_context, uint64_t budget, bool skip_libunwind,
                 struct hearth_steps *result) {
    if (!records) {
        records = pages(sizeof *records * record_limit);
        addresses = pages(sizeof *addresses * table_slots);
        known = pages(sizeof *known * table_slots);
        struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};
        sigaction(SIGTRAP, &action, NULL);
    }
    memset(addresses, 0, sizeof *addresses * table_slots);
    memset(known, 0, sizeof *known * table_slots);
    steps = (struct hearth_steps){0};
    record_count = call_count = base_count = 0;
    previous_pc = 0;
    budget_left = budget;
    over = false;
    skips_libunwind = skip_libunwind;
    stack_high = hearth_own_stack_high();
    hearth_trap_on();
    body(body_context);
    hearth_trap_off();
    over = true;
    *result = steps;
}

uint64_t hearth_step_own_code(void) { return (uintptr_t)hearth_step; }
size_t hearth_step_record_count(void) { return record_count; }
const struct hearth_step_record *hearth_step_record_at(size_t index) { return &records[index]; }

void hearth_step_watch(const struct hearth_step_range *ranges, size_t count) {
    watched = ranges;
    watched_count = count;
}
