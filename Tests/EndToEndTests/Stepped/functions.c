// Functions of every shape that a frame can have. Compiled by SteppingTests with several compilers and flags, loaded and
// stepped by HearthStepper, which calls what the table at the end names.
#include <alloca.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOINLINE __attribute__((noinline))
#define BARRIER __asm__ volatile("" ::: "memory")

static volatile uint64_t sink;

NOINLINE static uint64_t leaf(uint64_t value) { return value * 3 + 1; }

NOINLINE static uint64_t nested(uint64_t value) {
    uint64_t result = leaf(value) + leaf(value + 1);
    BARRIER;
    return result;
}

NOINLINE static uint64_t recursive(uint64_t depth) {
    if (depth == 0) return leaf(depth);
    uint64_t result = recursive(depth - 1) + leaf(depth);
    BARRIER;
    return result;
}

static void calls(void) { sink += nested(3) + recursive(20); }

// Every register that a callee saves is taken: rbp too, where it is free.
NOINLINE static uint64_t many_live(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f, uint64_t g,
                                   uint64_t h) {
    uint64_t r = leaf(a), s = leaf(b), t = leaf(c), u = leaf(d), v = leaf(e), w = leaf(f), x = leaf(g), y = leaf(h);
    BARRIER;
    return r ^ s ^ t ^ u ^ v ^ w ^ x ^ y ^ leaf(a + h) ^ a ^ b ^ c ^ d;
}

static void registers(void) { sink += many_live(1, 2, 3, 4, 5, 6, 7, 8); }

NOINLINE static int sum_of(int count, ...) {
    va_list list;
    va_start(list, count);
    int sum = 0;
    for (int index = 0; index < count; index++) sum += (int)va_arg(list, double) + (int)leaf((uint64_t)index);
    va_end(list);
    return sum;
}

static void variadic(void) { sink += (uint64_t)sum_of(9, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0); }

NOINLINE static uint64_t with_alloca(size_t size) {
    char *room = alloca(size);
    memset(room, 7, size);
    BARRIER;
    uint64_t result = leaf((uint64_t)room[size - 1]);
    char *more = alloca(size * 2);
    more[0] = room[0];
    BARRIER;
    return result + leaf((uint64_t)more[0]);
}

NOINLINE static uint64_t with_array(size_t size) {
    volatile char room[size];
    room[0] = 1;
    return leaf((uint64_t)room[0]) + nested(size);
}

static void rooms(void) { sink += with_alloca(100) + with_array(57); }

NOINLINE static uint64_t big_frame(uint64_t value) {
    volatile char room[70000];
    for (size_t index = 0; index < sizeof room; index += 4096) room[index] = (char)value;
    return leaf((uint64_t)room[0]) + nested(value);
}

static void big(void) { sink += big_frame(5); }

NOINLINE static uint64_t tail_last(uint64_t value) {
    BARRIER;
    return leaf(value);
}
NOINLINE static uint64_t tail_middle(uint64_t value) { return tail_last(value + 1); }
NOINLINE static uint64_t tail_first(uint64_t value) {
    uint64_t kept = leaf(value);
    BARRIER;
    return tail_middle(value + kept);
}

static void tail_calls(void) {
    sink += tail_first(1);
    sink += tail_middle(2);
}

static jmp_buf away;

__attribute__((noreturn, noinline)) static void give_up(int value) {
    sink += leaf((uint64_t)value);
    longjmp(away, value + 1);
}

// The call is the last instruction of the function: its return address is the next function's first.
NOINLINE static void ends_in_call(int value) {
    sink++;
    give_up(value);
}

static void no_return(void) {
    for (volatile int round = 0; round < 3; round++) {
        if (setjmp(away) == 0) ends_in_call(round);
    }
}

NOINLINE static uint64_t choose(int which, uint64_t value) {
    switch (which) {
    case 0: return leaf(value);
    case 1: return nested(value);
    case 2: return recursive(2);
    case 3: return value / 3;
    case 4: return with_alloca(10);
    case 5: return leaf(value) * 7;
    case 6: return value ^ 0x55;
    default: return nested(value) - 1;
    }
}

static void switches(void) {
    for (int which = 0; which < 9; which++) sink += choose(which, (uint64_t)which);
}

typedef uint64_t wide __attribute__((vector_size(32)));

// 32-byte alignment in a frame: the compiler realigns the stack.
NOINLINE static uint64_t realigned(uint64_t value) {
    _Alignas(64) volatile uint64_t room[16];
    room[0] = value;
    volatile wide lanes = {value, value + 1, value + 2, value + 3};
    return leaf(room[0]) + lanes[2] + nested(value);
}

// Realigned and of a size known only when it runs: GCC keeps the caller's frame in a register of its own.
NOINLINE static uint64_t realigned_with_room(size_t size) {
    _Alignas(64) volatile char fixed[64];
    volatile char *room = alloca(size);
    fixed[0] = 1;
    room[0] = fixed[0];
    BARRIER;
    return leaf((uint64_t)room[0]) + nested((uint64_t)fixed[0]);
}

NOINLINE static uint64_t realigned_with_stack_arguments(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
                                                        uint64_t f, uint64_t g, uint64_t h) {
    _Alignas(64) volatile uint64_t room[8];
    room[0] = g;
    room[1] = h;
    return leaf(room[0]) + room[1] + leaf(a + b + c + d + e + f) + realigned_with_room((size_t)g + 8);
}

static void alignment(void) {
    sink += realigned(3) + realigned_with_room(40) + realigned_with_stack_arguments(1, 2, 3, 4, 5, 6, 7, 8);
}

struct large {
    uint64_t words[40];
};

NOINLINE static struct large make_large(uint64_t value) {
    struct large result;
    for (size_t index = 0; index < 40; index++) result.words[index] = leaf(value + index);
    return result;
}

NOINLINE static uint64_t take_large(struct large value) { return value.words[7] + leaf(value.words[9]); }

static void structures(void) { sink += take_large(make_large(4)); }

// Each is bound at its first call, through the stub and the loader's resolver.
static void lazy_binding(void) {
    char text[64];
    sink += strspn("abc", "ab") + strcspn("abc", "c");
    sink += (uint64_t)atoi("12") + (uint64_t)labs(-3);
    snprintf(text, sizeof text, "%d", 3);
    sink += (uintptr_t)strrchr(text, '3') + (uintptr_t)strstr(text, "3");
    free(strdup(text));
}

// A frame that is only set up on one of the ways through.
NOINLINE static uint64_t wrapped(uint64_t value) {
    if (__builtin_expect(value < 10, 1)) return value;
    uint64_t first = leaf(value);
    BARRIER;
    uint64_t second = nested(value);
    return first + second;
}

static void shrink_wrapped(void) { sink += wrapped(1) + wrapped(11); }

struct stepped_case {
    const char *name;
    void (*body)(void);
};
__attribute__((visibility("default"))) const struct stepped_case stepped_cases[] = {
    {"calls", calls},           {"all registers", registers}, {"variadic", variadic},       {"alloca", rooms},
    {"big frame", big},         {"tail calls", tail_calls},   {"noreturn", no_return},      {"switch", switches},
    {"realigned", alignment},   {"structures", structures},   {"lazy binding", lazy_binding},
    {"shrink-wrapped", shrink_wrapped},                       {0, 0},
};
