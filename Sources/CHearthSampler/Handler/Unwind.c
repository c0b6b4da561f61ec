#include "Unwind.h"

// Row rules; the same numbers as UnwindRow.Kind in HearthObjectFiles.
enum {
    rule_none = 0,
    rule_cfa_sp = 1,
    rule_cfa_fp = 2,
    rule_plt = 3,
    rule_signal_frame = 4,
    rule_unsupported = 5,
    rule_cfa_at_fp = 6,
    rule_end = 7,
};

// The ring of the root end: frames past the leaf end go round in what is left of the buffer, so that the outermost
// ones survive. `emitted` counts all frames of the stack.
struct emitter {
    struct hearth_walk *walk;
    uint32_t emitted;
};

static void emit(struct emitter *out, uint64_t frame) {
    uint32_t index = out->emitted;
    if (index >= hearth_max_frames) {
        index = hearth_leaf_frames + (index - hearth_leaf_frames) % (hearth_max_frames - hearth_leaf_frames);
    }
    out->walk->frames[index] = frame;
    out->emitted++;
}

static void reverse(uint64_t *first, uint64_t *last) {
    while (first < last && first < --last) {
        uint64_t kept = *first;
        *first++ = *last;
        *last = kept;
    }
}

// Puts the ring of the root end back in order, leaf first: a rotation by three reversals, in place.
static void finish(struct emitter *out) {
    struct hearth_walk *walk = out->walk;
    if (out->emitted <= hearth_max_frames) {
        walk->count = out->emitted;
        walk->leaf_count = out->emitted;
        return;
    }
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

static uint32_t find_rule(const struct hearth_module *module, uintptr_t pc) {
    if (!module->rows || pc < module->base) return rule_none;
    uintptr_t offset = pc - module->base;
    uintptr_t page = offset >> hearth_page_shift;
    if (page >= module->page_count) return rule_none;
    // Rows before `low` are below the page, those from `high` on above it: the wanted row is the last one not above
    // the offset, which may be the last of an earlier page.
    uint32_t low = module->pages[page], high = module->pages[page + 1];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (module->rows[middle].address <= offset) low = middle + 1;
        else high = middle;
    }
    return low == 0 ? rule_none : module->rows[low - 1].rule;
}

enum { no_progress_limit = 100000 }; // frames; a walk always climbs, this only bounds a stack that lies

void hearth_walk_hybrid(struct hearth_walk *walk, struct hearth_registers at, struct hearth_stack_reader *reader,
                        const struct hearth_module_table *modules) {
    struct emitter out = {walk, 0};
    walk->flags = 0;
    emit(&out, at.pc | HEARTH_PC_EXACT);
    bool exact = true; // a return address is looked up minus one: it can be the first byte of the next function
    const struct hearth_module *module = NULL;
    while (out.emitted < no_progress_limit) {
        uintptr_t lookup = exact ? at.pc : at.pc - 1;
        if (!module || lookup < module->start || lookup >= module->end) module = find_module(modules, lookup);
        uint32_t rule = module ? find_rule(module, lookup) : rule_none;
        uintptr_t offset = (uintptr_t)((rule >> 4) & 0xFFFF) * 8;
        uintptr_t cfa, saved_fp = at.fp;
        switch (rule & 15) {
        case rule_cfa_sp: cfa = at.sp + offset; break;
        case rule_cfa_fp: cfa = at.fp + offset; break;
        case rule_plt: // the stub has pushed one more word from the given byte of its 16 on
            cfa = at.sp + 8 + ((at.pc & 15) >= (uintptr_t)((rule >> 4) & 0xFFFF) ? 8 : 0);
            break;
        case rule_cfa_at_fp: {
            intptr_t signed_offset = (intptr_t)(int16_t)((rule >> 4) & 0xFFFF) * 8;
            if (!hearth_stack_load(reader, at.fp + (uintptr_t)signed_offset, &cfa)) goto gave_up;
            // Here the saved frame pointer counts from rbp, not from the CFA, and the field is one more.
            if (rule >> 20 && !hearth_stack_load(reader, at.fp + ((rule >> 20) - 1) * 8, &saved_fp)) goto gave_up;
            rule &= 0xFFFFF;
            break;
        }
        case rule_signal_frame: {
            // The walk goes on in the interrupted code, whose program counter is exact.
            struct hearth_registers next;
            if (!hearth_stack_load(reader, at.sp + hearth_signal_frame_fp, &next.fp) ||
                !hearth_stack_load(reader, at.sp + hearth_signal_frame_sp, &next.sp) ||
                !hearth_stack_load(reader, at.sp + hearth_signal_frame_pc, &next.pc) || next.pc == 0) {
                goto gave_up;
            }
            at = next;
            exact = true;
            emit(&out, at.pc | HEARTH_PC_EXACT);
            continue;
        }
        case rule_end: walk->flags |= hearth_sample_reached_root; finish(&out); return;
        case rule_unsupported: goto gave_up;
        default: // no row: code without unwind tables, made at run time or hand-written; its frame pointer may do
            if (at.fp < at.sp) goto gave_up;
            cfa = at.fp + 16;
            rule = 2u << 20;
            break;
        }
        // Each caller lies higher: what does not climb is no stack.
        if (cfa <= at.sp) goto gave_up;
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
        emit(&out, at.pc);
    }
gave_up:
    walk->flags |= hearth_sample_gave_up;
    finish(&out);
}

void hearth_walk_frame_pointers(struct hearth_walk *walk, struct hearth_registers at,
                                struct hearth_stack_reader *reader) {
    struct emitter out = {walk, 0};
    walk->flags = 0;
    emit(&out, at.pc | HEARTH_PC_EXACT);
    uintptr_t above = at.sp;
    while (out.emitted < no_progress_limit) {
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
        emit(&out, return_address);
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
    while (step > 0 && out.emitted < no_progress_limit) {
        unw_word_t pc = 0;
        if (hearth_unw_get_reg(&cursor, UNW_REG_IP, &pc) < 0 || pc == 0 || pc >> 47) break;
        emit(&out, out.emitted == 0 ? pc | HEARTH_PC_EXACT : pc);
        step = hearth_unw_step(&cursor);
    }
    walk->flags |= step < 0 ? hearth_sample_gave_up : hearth_sample_reached_root;
    finish(&out);
}
