// Code of libc and of the loader: written by hand in part, without frame pointers, and reached through stubs.
#include "CHearthStepper.h"
#include "Processor.h"
#include "Signals.h"

#include <dlfcn.h>
#include <link.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

uint64_t hearth_step_restorer;
static volatile uint64_t sink;

static void copies(void *unused) {
    (void)unused;
    static char from[40000], to[40000];
    // Every path of memcpy, memmove and memset is chosen by the size.
    static const size_t sizes[] = {0, 1, 3, 7, 8, 15, 16, 31, 33, 64, 65, 128, 129, 255, 257, 511, 1025, 4097, 9000, 33000};
    for (size_t index = 0; index < sizeof sizes / sizeof *sizes; index++) {
        memcpy(to, from, sizes[index]);
        memmove(from + 1, from, sizes[index]);
        memmove(from, from + 3, sizes[index]);
        memset(to, (int)index, sizes[index]);
        sink += (uint64_t)memcmp(from, to, sizes[index]) + strlen(to) + strnlen(from, sizes[index]);
        sink += (uintptr_t)memchr(to, 77, sizes[index]) + (uintptr_t)strchr(to, 'x');
    }
}

static void allocations(void *unused) {
    (void)unused;
    void *blocks[64];
    for (int round = 0; round < 3; round++) {
        for (size_t index = 0; index < 64; index++) blocks[index] = malloc(8 + index * index * 7);
        for (size_t index = 0; index < 64; index += 2) blocks[index] = realloc(blocks[index], 16 + index * 300);
        for (size_t index = 0; index < 64; index++) free(blocks[index]);
    }
    free(calloc(100, 100));
    free(malloc(1 << 20));
    void *aligned = NULL;
    if (posix_memalign(&aligned, 256, 1000) == 0) free(aligned);
}

__attribute__((noinline)) static int by_value(const void *left, const void *right) {
    return *(const int *)left - *(const int *)right;
}

static void sorting(void *unused) {
    (void)unused;
    int values[300];
    for (int index = 0; index < 300; index++) values[index] = index * 7919 % 1009;
    qsort(values, 300, sizeof *values, by_value);
    int wanted = 500;
    sink += (uintptr_t)bsearch(&wanted, values, 300, sizeof *values, by_value);
}

static void formatting(void *unused) {
    (void)unused;
    char text[512];
    int length = snprintf(text, sizeof text, "%d %s %.12g %5.3f %#lx %c %e %ls", 42, "text", 3.14159265358979, 1e10 / 3,
                          0xfffUL, 'q', 1e-300, L"wide");
    sink += (uint64_t)length;
    int whole;
    double real;
    sink += (uint64_t)sscanf("17 2.5e3 rest", "%d %lf %63s", &whole, &real, text);
}

static void numbers(void *unused) {
    (void)unused;
    char *end;
    static const char *const texts[] = {"1", "-3.25", "6.02214076e23", "4.9e-324", "0x1.8p3", "nan", "179769313486231570e291"};
    for (size_t index = 0; index < sizeof texts / sizeof *texts; index++) {
        double value = strtod(texts[index], &end);
        sink += (uint64_t)(end - texts[index]) + (value > 0);
    }
    sink += (uint64_t)strtol("-123456789", &end, 10) + strtoul("ffff", &end, 16);
    volatile double angle = 0.5;
    sink += (uint64_t)(100 * (sin(angle) + exp(angle) + pow(angle, 3.7) + log(angle)));
}

static jmp_buf away;

__attribute__((noinline)) static void leap(int depth) {
    volatile char room[64] = {0};
    if (depth == 0) longjmp(away, 1);
    leap(depth - 1);
    sink += (uint64_t)room[0];
}

static void jumps(void *unused) {
    (void)unused;
    for (volatile int round = 0; round < 5; round++) {
        if (setjmp(away) == 0) leap(round * 3);
    }
}

static void initialise(void) { sink++; }

static void once(void *unused) {
    (void)unused;
    static pthread_once_t control = PTHREAD_ONCE_INIT;
    pthread_once(&control, initialise);
    pthread_once(&control, initialise);
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
    pthread_key_t key;
    if (pthread_key_create(&key, NULL) == 0) {
        pthread_setspecific(key, &key);
        sink += (uintptr_t)pthread_getspecific(key);
        pthread_key_delete(key);
    }
}

static volatile int levels;

static void handle_user_signal(int number, siginfo_t *info, void *context) {
    (void)info;
    if (!hearth_step_is_over()) {
        hearth_step_restorer = *(const uint64_t *)handler_return_place(context);
        hearth_step_enter_signal(context);
        hearth_trap_on();
    }
    char text[32];
    sink += (uint64_t)snprintf(text, sizeof text, "%d", number);
    // A handler inside a handler, once.
    if (levels-- > 0) raise(SIGUSR2);
}

static void signals(void *unused) {
    (void)unused;
    struct sigaction action = {.sa_sigaction = handle_user_signal, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGUSR2, &action, NULL);
    levels = 1;
    raise(SIGUSR2);
    sink++;
    levels = 0;
    raise(SIGUSR2);
}

static void calls_of_system(void *unused) {
    (void)unused;
    struct timespec time;
    for (clockid_t clock = CLOCK_REALTIME; clock <= CLOCK_THREAD_CPUTIME_ID; clock++) clock_gettime(clock, &time);
    sink += (uint64_t)getpid() + (uint64_t)time.tv_nsec + (uint64_t)sysconf(_SC_NPROCESSORS_ONLN);
    char text[64];
    struct tm parts;
    time_t now = 1700000000;
    if (gmtime_r(&now, &parts)) sink += strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %A", &parts);
    sink += (uintptr_t)getenv("HOME");
    FILE *file = fopen("/proc/self/stat", "re");
    if (file) {
        sink += fread(text, 1, sizeof text, file);
        fclose(file);
    }
}

static int visit(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    *(uint64_t *)context += info->dlpi_phnum;
    return 0;
}

static void loading(void *unused) {
    (void)unused;
    uint64_t headers = 0;
    dl_iterate_phdr(visit, &headers);
    Dl_info found;
    sink += headers + (uint64_t)dladdr((void *)loading, &found) + (uintptr_t)dlsym(RTLD_DEFAULT, "qsort");
}

static const struct hearth_step_case cases[] = {
    {"libc memcpy and strings", copies},  {"libc malloc", allocations},          {"libc qsort with a callback", sorting},
    {"libc snprintf", formatting},        {"libc strtod, libm", numbers},        {"setjmp, longjmp", jumps},
    {"pthread_once, keys, locks", once},  {"signal handlers, nested", signals},  {"system calls, vDSO, stdio", calls_of_system},
    {"loader: phdrs, dlsym, dladdr", loading, true},
};
const size_t hearth_step_library_case_count = sizeof cases / sizeof *cases;

struct hearth_step_case hearth_step_library_case(size_t index) { return cases[index]; }
