// Hosts that become other processes, or make them.
#include "Host.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int fails(const char *what, int value) {
    printf("%s %d\n", what, value);
    return 1;
}

// A child goes on without the parent's drain thread, and can be profiled itself.
int forks(void) {
    host_start(1000);
    for (int turn = 0; turn < 20 * host_dose; turn++) {
        host_burn(0.01);
        pid_t child = fork();
        if (child == 0) {
            alarm(20);
            if (hearth_is_running()) _exit(3);
            host_burn(0.01);
            uint64_t before = host_drained();
            host_start(1000);
            host_expect_samples(before + 3);
            _exit(0);
        }
        int status = 0;
        waitpid(child, &status, 0);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return fails("child ended with", status);
    }
    host_expect_samples(20);
    return 0;
}

// Another library waits for a thread of its own in its prepare handler.
static pthread_t worker;
static _Atomic bool worker_ends;
static void *work(void *nothing) {
    while (!worker_ends) usleep(1000);
    return nothing;
}
static void join_worker(void) {
    worker_ends = true;
    pthread_join(worker, NULL);
}
int forks_beside_a_prepare_handler(void) {
    pthread_atfork(join_worker, NULL, NULL);
    host_start(250);
    pthread_create(&worker, NULL, work, NULL);
    usleep(50000);
    pid_t child = fork();
    if (child == 0) _exit(0);
    int status = 1;
    waitpid(child, &status, 0);
    return status == 0 ? 0 : 1;
}

// The mode of a program that was started under a running sampler: `executed MASK DESCRIPTORS`. It finds what any program
// would find, and is not hit by a signal of a clock that it does not know.
static int descriptors(void) {
    DIR *directory = opendir("/proc/self/fd");
    int count = 0;
    while (directory && readdir(directory)) count++;
    closedir(directory);
    return count;
}
static unsigned long long mask_now(void) {
    sigset_t set;
    sigemptyset(&set);
    pthread_sigmask(SIG_BLOCK, NULL, &set);
    unsigned long long mask = 0;
    for (int number = 1; number < 64; number++) mask |= (unsigned long long)(sigismember(&set, number) == 1) << number;
    return mask;
}
int was_executed(void) {
    struct sigaction action;
    sigaction(SIGPROF, NULL, &action);
    if (action.sa_handler != SIG_DFL) return fails("a handler was inherited", 0);
    if (mask_now() != strtoull(host_arguments[0], NULL, 16)) return fails("the mask changed", 0);
    if (descriptors() != atoi(host_arguments[1])) return fails("descriptors", descriptors());
    FILE *timers = fopen("/proc/self/timers", "re");
    if (timers) {
        int first = fgetc(timers);
        fclose(timers);
        if (first != EOF) return fails("a timer was inherited", first);
    }
    sigset_t pending;
    sigpending(&pending);
    if (sigismember(&pending, SIGPROF)) return fails("a signal is pending", 0);
    // A clock would kill it now.
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
    host_burn(0.05);
    return 0;
}

struct expectations {
    char mask[32], descriptors[16];
    char *arguments[5];
};
static void expect_now(struct expectations *expected) {
    snprintf(expected->mask, sizeof expected->mask, "%llx", mask_now());
    // Before the sampler starts: what it opens must not be there afterwards.
    snprintf(expected->descriptors, sizeof expected->descriptors, "%d", descriptors());
    expected->arguments[0] = (char *)host_program;
    expected->arguments[1] = "executed";
    expected->arguments[2] = expected->mask;
    expected->arguments[3] = expected->descriptors;
    expected->arguments[4] = NULL;
}
static void *burn_for_ever(void *nothing) {
    for (;;) host_burn(1);
    return nothing;
}

// exec in the middle of sampling, by main and by another thread, with a signal under way and with one held back.
static struct expectations expected;
static void *execute(void *nothing) {
    execv(host_program, expected.arguments);
    return nothing;
}
int executes(void) {
    for (int turn = 0; turn < 24 * host_dose; turn++) {
        pid_t child = fork();
        if (child == 0) {
            alarm(20);
            sigset_t set;
            sigemptyset(&set);
            sigaddset(&set, turn & 1 ? SIGPROF : SIGUSR1);
            int held_back = turn & 1;
            if (!held_back) pthread_sigmask(SIG_BLOCK, &set, NULL);
            expect_now(&expected);
            host_start(4000);
            pthread_t thread;
            for (int count = 0; count < 2; count++) pthread_create(&thread, NULL, burn_for_ever, NULL);
            host_burn(0.02);
            if (held_back) {
                // Its clock has fired by the time of the exec.
                pthread_sigmask(SIG_BLOCK, &set, NULL);
                snprintf(expected.mask, sizeof expected.mask, "%llx", mask_now());
                host_burn(0.02);
            }
            if (turn & 2) {
                pthread_create(&thread, NULL, execute, NULL);
                for (;;) pause();
            }
            execute(NULL);
            _exit(4);
        }
        int status = 0;
        waitpid(child, &status, 0);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return fails("the executed program ended with", status);
    }
    return 0;
}

// vfork and posix_spawn while every thread is sampled: the child borrows the memory of the parent for a moment.
int spawns(void) {
    expect_now(&expected);
    host_start(4000);
    pthread_t thread;
    for (int count = 0; count < 2; count++) pthread_create(&thread, NULL, burn_for_ever, NULL);
    for (int turn = 0; turn < 24 * host_dose; turn++) {
        pid_t child = 0;
        if (turn & 1) {
            if (posix_spawn(&child, host_program, NULL, NULL, expected.arguments, environ) != 0) return 1;
        } else {
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
            child = vfork();
            if (child == 0) {
                execv(host_program, expected.arguments);
                _exit(4);
            }
        }
        int status = 0;
        waitpid(child, &status, 0);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return fails("the spawned program ended with", status);
        if (!hearth_is_running()) return fails("the child stopped the sampler", turn);
    }
    // The parent is sampled as before.
    host_expect_samples(host_drained() + 50);
    host_stop();
    return host_handlers_have_ended() ? 0 : 1;
}
