#include "Unwind.h"

#include "Tasks.h"

// Row rules; the same numbers as UnwindRow.Kind in HearthObjectFiles.
enum {
    rule_none = 0,
    rule_cfa_sp = 1,
    rule_cfa_fp = 2,
    rule_plt = 3,
    rule_signal_frame = 4,
    rule_special = 5, // or, with no more bits, nothing that we can do; see SpecialRules.h
    rule_cfa_at_fp = 6,
    rule_end = 7,
    rule_kind = 7,  // the bits of the kind
    rule_async = 8, // added here: the address is in an async function
};

// The ring of the root end: frames past the leaf end go round in what is left of the buffer, so that the outermost
// ones survive. `emitted` counts all frames of the stack.
struct emitter {
    struct hearth_walk *walk;
    uint32_t emitted;
};

static uint32_t place_of(uint32_t index) {
    if (index < hearth_max_frames) return index;
    return hearth_leaf_frames + (index - hearth_leaf_frames) % (hearth_max_frames - hearth_leaf_frames);
}

static void emit(struct emitter *out, uint64_t frame) {
    out->walk->frames[place_of(out->emitted)] = frame;
    out->emitted++;
}

// The three kinds of address that a stack has. What is at an address is looked up by kind, see CodeAddress in HearthProfile: a
// return address stands behind the call, where another function may begin.
static void emit_program_counter(struct emitter *out, uintptr_t pc) { emit(out, pc | HEARTH_PC_EXACT); }
static void emit_return_address(struct emitter *out, uintptr_t address) { emit(out, address); }
/// Where an awaiting function goes on: the first instruction of one of its parts. Nothing called from before it.
static void emit_resume_address(struct emitter *out, uintptr_t address) {
    emit(out, address | HEARTH_PC_EXACT | HEARTH_PC_ASYNC);
}

static uintptr_t lookup_address(uintptr_t address, bool is_program_counter) {
    return is_program_counter ? address : address - 1;
}

static void reverse(uint64_t *first, uint64_t *last) {
    while (first < last && first < --last) {
        uint64_t kept = *first;
        *first++ = *last;
        *last = kept;
    }
}

// What most samples do not need lies apart from what they do: a handler's code is fetched anew nearly each time, line by line.
#define RARELY __attribute__((noinline, cold))

// Puts the ring of the root end back in order, leaf first: a rotation by three reversals, in place.
RARELY static void order_root_end(struct emitter *out) {
    struct hearth_walk *walk = out->walk;
    const uint32_t room = hearth_max_frames - hearth_leaf_frames;
    const uint32_t oldest = (out->emitted - hearth_leaf_frames) % room;
    uint64_t *first = walk->frames + hearth_leaf_frames;
    reverse(first, first + oldest);
    reverse(first + oldest, first + room);
    reverse(first, first + room);
    walk->count = hearth_max_frames;
    walk->leaf_count = hearth_leaf_frames;
    walk->flags |= hearth_sample_truncated;
}

static void finish(struct emitter *out) {
    out->walk->count = out->emitted;
    out->walk->leaf_count = out->emitted;
    if (out->emitted > hearth_max_frames) order_root_end(out);
}

static const struct hearth_module *find_module(const struct hearth_module_table *table, uintptr_t pc) {
    if (!table) return NULL;
    size_t low = 0, high = table->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (table->modules[middle].end <= pc) low = middle + 1;
        else high = middle;
    }
    return low < table->count && table->modules[low].start <= pc ? &table->modules[low] : NULL;
}

static uint32_t search_rows(const struct hearth_unwind_row *rows, uint32_t low, uint32_t high, uintptr_t offset) {
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (rows[middle].address <= offset) low = middle + 1;
        else high = middle;
    }
    return low == 0 ? rule_none : rows[low - 1].rule;
}

static uint32_t find_rule(const struct hearth_module *module, uintptr_t pc) {
    if (!module->rows || pc < module->base) return rule_none;
    uintptr_t offset = pc - module->base;
    uintptr_t page = offset >> hearth_page_shift;
    if (page >= module->page_count) return rule_none;
    // Rows before `low` are below the page, those from `high` on above it: the wanted row is the last one not above
    // the offset, which may be the last of an earlier page.
    return search_rows(module->rows, module->pages[page], module->pages[page + 1], offset);
}

enum {
    frame_limit = 20000,  // walked, most of them not kept; about a millisecond
    context_limit = 4096, // followed; bounds a chain of contexts that lies
};

/// Where an address stands in an async function.
struct async_position {
    uintptr_t distance; // from the start of the part
    bool is_resumed;    // the part runs after an awaited function has returned
};

static bool search_async(const struct hearth_module *module, uintptr_t pc, struct async_position *position) {
    if (!module || !module->async_count || pc < module->async_base) return false;
    uintptr_t offset = pc - module->async_base;
    uint32_t low = 0, high = module->async_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (module->async_ranges[middle].start <= offset) low = middle + 1;
        else high = middle;
    }
    if (low == 0) return false;
    const struct hearth_async_range *range = &module->async_ranges[low - 1];
    if (offset - range->start >= range->length_and_part >> 1) return false;
    *position = (struct async_position){offset - range->start, range->length_and_part & 1};
    return true;
}

/// An odd factor permutes the 47-bit addresses: no two share both place in a cache and rest.
static uint64_t mix(uintptr_t pc) { return (pc * 0x9E3779B97F4A7C15u) & ((1ull << 47) - 1); }

RARELY static bool search_for_async(const struct hearth_module_table *modules, uintptr_t pc, struct async_position *position,
                                    _Atomic uint64_t *entry, uint64_t rest) {
    if (!search_async(find_module(modules, pc), pc, position)) return false;
    if (position->distance >> hearth_async_distance_bits == 0 && pc >> 47 == 0) {
        uint64_t word = rest << 27 | position->distance << 2 | (position->is_resumed ? 2u : 0u) | 1u;
        atomic_store_explicit(entry, word, memory_order_relaxed);
    }
    return true;
}

/// From the cache or by search.
static bool find_async(const struct hearth_module_table *modules, uintptr_t pc, struct async_position *position) {
    enum { rest_bits = 47 - hearth_async_cache_bits };
    uint64_t mixed = mix(pc), rest = mixed & ((1ull << rest_bits) - 1);
    // The rest of the address takes all bits but 27: the distance, whether the part is resumed, and one that is always set.
    _Atomic uint64_t *entry = &modules->async_cache[mixed >> rest_bits];
    uint64_t cached = atomic_load_explicit(entry, memory_order_relaxed);
    if (cached >> 27 == rest && cached & 1) {
        *position = (struct async_position){(cached >> 2) & ((1u << hearth_async_distance_bits) - 1), cached & 2};
        return true;
    }
    return search_for_async(modules, pc, position, entry, rest);
}

RARELY static uint32_t search_for_rule(const struct hearth_module_table *modules, uintptr_t pc, _Atomic uint64_t *entry,
                                       uint64_t mixed) {
    const struct hearth_module *module = find_module(modules, pc);
    if (!module) return rule_none;
    uint32_t rule = find_rule(module, pc);
    struct async_position position;
    if (search_async(module, pc, &position)) rule |= rule_async;
    if (pc >> 47 == 0) atomic_store_explicit(entry, (uint64_t)(uint32_t)mixed << 32 | rule, memory_order_relaxed);
    return rule;
}

/// The rule for an address with the async bit, from the cache or by search, and the place in the cache that it has.
static uint32_t rule_and_place(const struct hearth_module_table *modules, uintptr_t pc, uint32_t *place) {
    *place = 0;
    if (!modules) return rule_none;
    uint64_t mixed = mix(pc);
    *place = (uint32_t)(mixed >> 32);
    _Atomic uint64_t *entry = &modules->rule_cache[*place];
    uint64_t cached = atomic_load_explicit(entry, memory_order_relaxed);
    if (cached >> 32 == (uint32_t)mixed && (uint32_t)cached != rule_none) return (uint32_t)cached;
    return search_for_rule(modules, pc, entry, mixed);
}

static uint32_t rule_at(const struct hearth_module_table *modules, uintptr_t pc) {
    uint32_t place;
    return rule_and_place(modules, pc, &place);
}

/// Fetches what the walk will most likely read, all at once: the walk itself comes to each only when it has the one before, and
/// by then most of it has left the processor's caches. A fetch ahead never faults.
static void fetch_ahead(const struct hearth_walk *walk, uintptr_t sp, const struct hearth_module_table *modules) {
    enum { line = 64, code_lines = 24, stack_lines = 16 };
    for (int index = 0; index < hearth_recent_rules; index++) {
        uint32_t place = walk->recent_rules[index] & ((1u << hearth_rule_cache_bits) - 1);
        __builtin_prefetch((const void *)&modules->rule_cache[place]);
    }
    for (uintptr_t index = 1; index < stack_lines; index++) __builtin_prefetch((const void *)(sp + line * index));
    const char *code = (const char *)hearth_walk_hybrid;
    for (int index = 2; index < code_lines; index++) __builtin_prefetch(code + line * index);
}

#include "SpecialRules.h"

/// The first two words of every async context of Swift's.
struct async_context {
    uintptr_t parent;
    uintptr_t resume;
};

static bool load_context(struct hearth_stack_reader *reader, uintptr_t address, struct async_context *context) {
    return hearth_stack_load(reader, address, &context->parent) &&
           hearth_stack_load(reader, address + 8, &context->resume);
}

// A resumed function has replaced the callee's context by its own after this many bytes of code.
enum { callee_context_bytes = 64 };

/// Emits where the awaiting functions go on, from a context that was loaded. False when the chain breaks off.
static bool emit_contexts(struct emitter *out, struct async_context context, struct hearth_stack_reader *reader,
                          const struct hearth_module_table *modules) {
    for (int followed = 0; followed < context_limit; followed++) {
        // The last context goes on in the runtime's code.
        if (!(rule_at(modules, context.resume) & rule_async)) return true;
        emit_resume_address(out, context.resume);
        if (!load_context(reader, context.parent, &context)) return false;
    }
    return false;
}

/// A child task goes on with the callers of the function that waits for it, as far up as tasks wait.
__attribute__((noinline)) static void emit_parents(struct emitter *out, struct hearth_stack_reader *reader,
                                                   const struct hearth_module_table *modules) {
    uintptr_t task = out->walk->task;
    for (int generation = 0; generation < hearth_parent_limit; generation++) {
        uintptr_t parent = hearth_parent_of(task, reader);
        if (!parent) return;
        struct hearth_waiting_task before, after;
        struct async_context context;
        uint32_t emitted = out->emitted;
        bool is_whole = hearth_find_waiting(parent, reader, &before) && load_context(reader, before.context, &context) &&
                        find_module(modules, context.resume) && emit_contexts(out, context, reader, modules);
        // It went on in between: what was read may be of another moment.
        if (is_whole) {
            is_whole = hearth_find_waiting(parent, reader, &after) && after.status == before.status &&
                       after.context == before.context;
        }
        if (!is_whole) {
            // Taken back, where the frames have not gone round the buffer and over others.
            if (out->emitted <= hearth_max_frames) out->emitted = emitted;
            out->walk->flags |= hearth_sample_parent_runs;
            return;
        }
        if (out->emitted > emitted) out->walk->flags |= hearth_sample_joined;
        task = parent;
    }
}

/// Emits the logical callers of an async function that is on the stack: where each awaiting function will go on. False
/// when `address` holds no context, and nothing was emitted.
static bool emit_async_callers(struct emitter *out, uintptr_t address, struct async_position position, uintptr_t pc,
                               struct hearth_stack_reader *reader, const struct hearth_module_table *modules) {
    struct async_context context;
    if (!load_context(reader, address, &context)) return false;
    if (position.is_resumed && position.distance < callee_context_bytes && context.resume == pc - position.distance) {
        // Still the context of the function that has just returned; ours is its parent.
        address = context.parent;
        if (!load_context(reader, address, &context)) return false;
    }
    // Every context goes on in code, the last one in the runtime's. Anything else is no context.
    if (!(rule_at(modules, context.resume) & rule_async) && !find_module(modules, context.resume)) return false;
    if (!emit_contexts(out, context, reader, modules)) {
        out->walk->flags |= hearth_sample_async_broken;
    } else if (out->walk->task) {
        emit_parents(out, reader, modules);
    }
    return true;
}

/// Once or twice a walk: not in the loop's way.
__attribute__((noinline)) static struct hearth_async_place find_place(const uint8_t *code, uintptr_t distance) {
    return hearth_find_async_place(code, distance);
}

void hearth_walk_hybrid(struct hearth_walk *walk, struct hearth_registers at, struct hearth_stack_reader *reader,
                        const struct hearth_module_table *modules) {
    struct emitter out = {walk, 0};
    walk->flags = 0;
    emit_program_counter(&out, at.pc);
    if (walk->recent_rules && modules) fetch_ahead(walk, at.sp, modules);
    struct hearth_registers interrupted = at;
    bool exact = true; // at.pc is a program counter, and no return address
    bool seen_async = false; // the callers of the outermost async function are the run loop's
    while (out.emitted < frame_limit) {
        uintptr_t lookup = lookup_address(at.pc, exact);
        uint32_t recent, rule = rule_and_place(modules, lookup, &recent);
        if (walk->recent_rules && out.emitted <= hearth_recent_rules) walk->recent_rules[out.emitted - 1] = recent;
        uintptr_t offset = (uintptr_t)((rule >> 4) & 0xFFFF) * 8;
        uintptr_t cfa, saved_fp = at.fp, context = 0;
        struct async_position position = {0};
        bool is_async = rule & rule_async && !seen_async && find_async(modules, lookup, &position);
        // From the look-up to the frame's own address, which is one more for a caller.
        position.distance += at.pc - lookup;
        struct hearth_async_place place = {.in_body = true};
        // With a row the code is mapped, and may be looked at.
        if (exact && (rule & rule_kind) != rule_none) {
            place = find_place((const uint8_t *)at.pc, is_async ? position.distance : (uintptr_t)-1);
        }
        if (!place.in_body) {
            cfa = at.sp + place.cfa_from_sp;
            rule = (uint32_t)(place.saved_fp_offset / 8) << 20;
            // After the epilogue the context still lies where it was, below the stack pointer: the kernel leaves 128 bytes
            // there alone.
            if (place.context_in_register) context = at.async_context;
            else if (!hearth_stack_load(reader, cfa - place.context_below_cfa, &context)) context = 0;
        } else switch (rule & rule_kind) {
        case rule_cfa_sp: cfa = at.sp + offset; break;
        case rule_cfa_fp:
            cfa = at.fp + offset;
            if (is_async && !hearth_stack_load(reader, at.fp - hearth_async_context_below_fp, &context)) context = 0;
            break;
        case rule_plt: cfa = hearth_linkage_stub_cfa(at.pc, at.sp, (rule >> 4) & 0xFFFF); break;
        case rule_cfa_at_fp: {
            intptr_t signed_offset = (intptr_t)(int16_t)((rule >> 4) & 0xFFFF) * 8;
            if (!hearth_stack_load(reader, at.fp + (uintptr_t)signed_offset, &cfa)) goto gave_up;
            // Here the saved frame pointer counts from the frame pointer, not from the CFA, and the field is one more.
            if (rule >> 20 && !hearth_stack_load(reader, at.fp + ((rule >> 20) - 1) * 8, &saved_fp)) goto gave_up;
            rule &= 0xFFFFF;
            break;
        }
        case rule_signal_frame: {
            // The walk goes on in the interrupted code, whose program counter is exact.
            struct hearth_registers next = {0};
            if (!hearth_stack_load(reader, at.sp + hearth_signal_frame_fp, &next.fp) ||
                !hearth_stack_load(reader, at.sp + hearth_signal_frame_sp, &next.sp) ||
                !hearth_stack_load(reader, at.sp + hearth_signal_frame_context, &next.async_context) ||
                !hearth_stack_load(reader, at.sp + hearth_signal_frame_pc, &next.pc) || next.pc == 0) {
                goto gave_up;
            }
            next.saved_registers = at.sp + hearth_signal_frame_registers;
            // The kernel has put the address of the trampoline there, as if it had called from before it.
            out.walk->frames[place_of(out.emitted - 1)] |= HEARTH_PC_EXACT;
            at = interrupted = next;
            exact = true;
            emit_program_counter(&out, at.pc);
            continue;
        }
        case rule_end: walk->flags |= hearth_sample_reached_root; finish(&out); return;
        case rule_special: {
            struct hearth_registers next;
            if (!step_specially(rule & ~(uint32_t)rule_async, &at, &interrupted, reader, modules, &next)) goto gave_up;
            if (next.pc == 0 || next.pc >> 47) goto gave_up;
            at = next;
            exact = false;
            emit_return_address(&out, at.pc);
            continue;
        }
        default: // no row: code without unwind tables, made at run time or hand-written; its frame pointer may do
            if (at.fp < at.sp) goto gave_up;
            cfa = at.fp + 16;
            rule = 2u << 20;
            break;
        }
        if (is_async) {
            if (context && emit_async_callers(&out, context, position, at.pc, reader, modules)) {
                walk->flags |= hearth_sample_async;
                seen_async = true;
                if (!hearth_state.keep_run_loop) {
                    walk->flags |= hearth_sample_reached_root;
                    finish(&out);
                    return;
                }
            } else {
                walk->flags |= hearth_sample_async_broken;
            }
        }
        // Each caller lies higher, and inside the stack where that is known: anything else is data read as a stack.
        if (cfa <= at.sp || (at.sp >= reader->low && at.sp < reader->high && cfa > reader->high)) goto gave_up;
        uintptr_t saved = rule >> 20;
        if (saved && !hearth_stack_load(reader, cfa - 8 * saved, &saved_fp)) goto gave_up;
        uintptr_t return_address;
        if (!hearth_stack_load(reader, cfa - 8, &return_address)) goto gave_up;
        if (return_address == 0) {
            walk->flags |= hearth_sample_reached_root;
            finish(&out);
            return;
        }
        if (return_address >> 47) goto gave_up;
        at = (struct hearth_registers){.pc = return_address, .sp = cfa, .fp = saved_fp};
        exact = false;
        emit_return_address(&out, at.pc);
    }
gave_up:
    walk->flags |= hearth_sample_gave_up;
    finish(&out);
}

void hearth_walk_frame_pointers(struct hearth_walk *walk, struct hearth_registers at,
                                struct hearth_stack_reader *reader) {
    struct emitter out = {walk, 0};
    walk->flags = 0;
    emit_program_counter(&out, at.pc);
    uintptr_t above = at.sp;
    while (out.emitted < frame_limit) {
        uintptr_t next, return_address;
        if (at.fp < above || !hearth_stack_load(reader, at.fp, &next) ||
            !hearth_stack_load(reader, at.fp + 8, &return_address) || return_address >> 47) {
            walk->flags |= at.fp == 0 ? hearth_sample_reached_root : hearth_sample_gave_up;
            break;
        }
        if (return_address == 0) {
            walk->flags |= hearth_sample_reached_root;
            break;
        }
        emit_return_address(&out, return_address);
        above = at.fp + 16;
        at.fp = next;
    }
    finish(&out);
}

#define UNW_LOCAL_ONLY
#include <libunwind.h>

// Filled in by Setup before the handler can choose this walk.
int (*hearth_unw_init_local2)(unw_cursor_t *, unw_context_t *, int);
int (*hearth_unw_step)(unw_cursor_t *);
int (*hearth_unw_get_reg)(unw_cursor_t *, unw_regnum_t, unw_word_t *);
int (*hearth_unw_is_signal_frame)(unw_cursor_t *);

void hearth_walk_libunwind(struct hearth_walk *walk, void *context) {
    struct emitter out = {walk, 0};
    walk->flags = 0;
    unw_cursor_t cursor;
    if (hearth_unw_init_local2(&cursor, context, UNW_INIT_SIGNAL_FRAME) < 0) {
        walk->flags = hearth_sample_gave_up;
        finish(&out);
        return;
    }
    int step = 1;
    bool exact = true;
    while (step > 0 && out.emitted < frame_limit) {
        unw_word_t pc = 0;
        if (hearth_unw_get_reg(&cursor, UNW_REG_IP, &pc) < 0 || pc == 0 || pc >> 47) break;
        // A signal's trampoline, and behind it the code that was interrupted.
        bool is_signal = hearth_unw_is_signal_frame(&cursor) > 0;
        if (exact || is_signal) emit_program_counter(&out, pc);
        else emit_return_address(&out, pc);
        exact = is_signal;
        step = hearth_unw_step(&cursor);
    }
    walk->flags |= step < 0 ? hearth_sample_gave_up : hearth_sample_reached_root;
    finish(&out);
}
