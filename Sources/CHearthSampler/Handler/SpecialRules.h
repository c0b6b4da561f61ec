// Rules that a row has no room for: the loader's resolver, code of GCC's that realigns its stack, longjmp and vfork. Part of
// Unwind.c, whose tables it searches; safe in a signal.
#pragma once

#include "Processor.h"

/// Fields of a special rule; the same numbers as UnwindRow.Special in HearthObjectFiles.
enum {
    special_saved_at_fp = 128, // from here on: the frame pointer was saved at fp + 8 · (field − this)
    special_return_in_register = 254,
    special_jump = 255,
};

static bool load_interrupted(const struct hearth_registers *at, unsigned number, struct hearth_stack_reader *reader,
                             uintptr_t *value) {
    return at->saved_registers && hearth_stack_load(reader, at->saved_registers + hearth_saved_register(number), value);
}

/// The base register as it is in the caller whose stack pointer is `sp`: followed from the interrupted code on through
/// frames of the one module that has a table for it.
RARELY static bool find_base_register(const struct hearth_registers *interrupted, uintptr_t sp,
                               struct hearth_stack_reader *reader, const struct hearth_module_table *modules,
                               uintptr_t *base) {
    struct hearth_registers at = *interrupted;
    if (!load_interrupted(&at, hearth_base_register, reader, base)) return false;
    for (int depth = 0; depth < 64; depth++) {
        if (depth > 0 && at.sp == sp) return true;
        uintptr_t lookup = lookup_address(at.pc, depth == 0);
        uint32_t rule = rule_at(modules, lookup), kind = rule & rule_kind;
        const struct hearth_module *module = find_module(modules, lookup);
        if (!module || (kind != rule_cfa_sp && kind != rule_cfa_fp)) return false;
        uintptr_t cfa = (kind == rule_cfa_sp ? at.sp : at.fp) + (uintptr_t)((rule >> 4) & 0xFFFF) * 8;
        uint32_t base_rule = rule_cfa_sp;
        if (module->base_rows) {
            base_rule = search_rows(module->base_rows, 0, module->base_row_count, lookup - module->base);
        } else if (depth > 0 || cfa != at.sp + 8) {
            // The loader calls functions of other files to choose among versions of a function. They push nothing.
            return false;
        }
        uint32_t base_kind = base_rule & rule_kind;
        if (cfa <= at.sp || (base_kind != rule_cfa_sp && base_kind != rule_cfa_fp)) return false;
        if (base_rule >> 20 && !hearth_stack_load(reader, cfa - 8 * (uintptr_t)(base_rule >> 20), base)) return false;
        if (rule >> 20 && !hearth_stack_load(reader, cfa - 8 * (uintptr_t)(rule >> 20), &at.fp)) return false;
        if (!hearth_stack_load(reader, cfa - 8, &at.pc)) return false;
        at.sp = cfa;
    }
    return false;
}

/// The caller by a special rule. `interrupted` is where exact registers were last known.
RARELY static bool step_specially(uint32_t rule, const struct hearth_registers *at, const struct hearth_registers *interrupted,
                           struct hearth_stack_reader *reader, const struct hearth_module_table *modules,
                           struct hearth_registers *caller) {
    if (rule >> 4 == 0) return false; // no rule at all
    uintptr_t offset = (uintptr_t)(intptr_t)(int16_t)(rule >> 4) * 8;
    unsigned number = rule >> 20 & 15;
    uint32_t saved = rule >> 24;
    *caller = (struct hearth_registers){.fp = at->fp};
    if (saved == special_jump) {
        return load_interrupted(at, number, reader, &caller->pc) &&
               load_interrupted(at, hearth_jump_sp, reader, &caller->sp) &&
               load_interrupted(at, hearth_jump_fp, reader, &caller->fp) && caller->sp >= at->sp;
    }
    if (saved == special_return_in_register) {
        caller->sp = at->sp + offset;
        return load_interrupted(at, number, reader, &caller->pc);
    }
    uintptr_t base;
    if (!load_interrupted(at, number, reader, &base) &&
        (number != hearth_base_register || !find_base_register(interrupted, at->sp, reader, modules, &base))) {
        return false;
    }
    uintptr_t cfa = base + offset;
    if (cfa <= at->sp || (at->sp >= reader->low && at->sp < reader->high && cfa > reader->high)) return false;
    caller->sp = cfa;
    if (saved >= special_saved_at_fp) {
        // Before this function has set its frame pointer, and after it has given it back, the row says the same.
        if (at->fp >= at->sp && at->fp < cfa &&
            !hearth_stack_load(reader, at->fp + 8 * (uintptr_t)(saved - special_saved_at_fp), &caller->fp)) {
            return false;
        }
    } else if (saved && !hearth_stack_load(reader, cfa - 8 * (uintptr_t)saved, &caller->fp)) {
        return false;
    }
    return hearth_stack_load(reader, cfa - 8, &caller->pc);
}
