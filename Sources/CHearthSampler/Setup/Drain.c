#include "Setup.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <time.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_semaphore(void) {
    sem_init(&hearth_state.wake, 0, 0);
    // The first call of a function binds it, under the loader's lock: not in a signal.
    sem_post(&hearth_state.wake);
    sem_trywait(&hearth_state.wake);
}

void hearth_drain_prepare_in_child(void) { sem_init(&hearth_state.wake, 0, 0); }

void hearth_drain_wake(void) {
    pthread_once(&once, make_semaphore);
    sem_post(&hearth_state.wake);
}

bool hearth_drain_wait(uint64_t nanoseconds) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(nanoseconds / 1000000000u);
    until.tv_nsec += (long)(nanoseconds % 1000000000u);
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    int result;
    while ((result = sem_clockwait(&hearth_state.wake, CLOCK_MONOTONIC, &until)) != 0 && errno == EINTR) {}
    // Several wakes are one.
    while (sem_trywait(&hearth_state.wake) == 0) result = 0;
    return result == 0;
}

struct body {
    void (*function)(void *);
    void *context;
};

static void *run(void *boxed) {
    struct body body = *(struct body *)boxed;
    free(boxed);
    pthread_setname_np(pthread_self(), "hearth");
    hearth_threads_exclude_self();
    hearth_created_threads_are_the_hosts();
    body.function(body.context);
    hearth_threads_include_self();
    return NULL;
}

int hearth_drain_start(void (*function)(void *), void *context) {
    pthread_once(&once, make_semaphore);
    struct body *body = malloc(sizeof *body);
    if (!body) return ENOMEM;
    *body = (struct body){function, context};
    int result = hearth_create_unsampled_thread(run, body);
    if (result != 0) free(body);
    return result;
}

uint64_t hearth_thread_cpu_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}
