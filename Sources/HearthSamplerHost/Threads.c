// Many threads, and starts and stops while they run.
#include "Host.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

// Threads born and gone, many more than slots are live at once.
int makes_ten_thousand_threads(void) {
    host_start(250);
    double seconds = 0.0001;
    for (int turn = 0; turn < host_dose * 10000 / 8; turn++) {
        pthread_t threads[8];
        for (int index = 0; index < 8; index++) {
            if (pthread_create(&threads[index], NULL, host_burn_thread, &seconds) != 0) return 1;
        }
        for (int index = 0; index < 8; index++) pthread_join(threads[index], NULL);
    }
    usleep(600000);
    uint32_t live = hearth_threads_refresh(true);
    struct hearth_counters counters = hearth_read_counters();
    printf("live %u refused %llu\n", live, (unsigned long long)counters.threads_refused);
    return live <= 2 && counters.threads_refused == 0 ? 0 : 1;
}

// Two thousand threads at once on 16 KiB stacks.
static pthread_barrier_t barrier;
static void *small_stack(void *nothing) {
    pthread_barrier_wait(&barrier);
    host_burn(0.002);
    pthread_barrier_wait(&barrier);
    return nothing;
}
int has_two_thousand_small_stacks(void) {
    enum { count = 2000 };
    static pthread_t threads[count];
    host_start(1000);
    pthread_barrier_init(&barrier, NULL, count + 1);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 16384);
    for (int index = 0; index < count; index++) {
        if (pthread_create(&threads[index], &attributes, small_stack, NULL) != 0) return 1;
    }
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier);
    for (int index = 0; index < count; index++) pthread_join(threads[index], NULL);
    usleep(300000);
    struct hearth_counters counters = hearth_read_counters();
    printf("samples %llu lost %llu\n", (unsigned long long)counters.samples, (unsigned long long)counters.lost_ring_full);
    return counters.samples > 100 ? 0 : 1;
}

// Stops and starts while signals are under way.
int stops_and_starts(void) {
    host_start(4000);
    pthread_t thread;
    double seconds = 3 * host_dose;
    pthread_create(&thread, NULL, host_burn_thread, &seconds);
    for (int turn = 0; turn < 10000 * host_dose; turn++) {
        hearth_disarm();
        hearth_arm();
        hearth_threads_refresh(true);
    }
    hearth_disarm();
    for (int turn = 0; turn < 1000; turn++) kill(getpid(), SIGPROF);
    pthread_join(thread, NULL);
    printf("samples %llu\n", (unsigned long long)hearth_read_counters().samples);
    return host_handlers_have_ended() ? 0 : 1;
}
