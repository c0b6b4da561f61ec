// C++ exceptions thrown through many frames while the thread is sampled: the unwinder of the language takes the loader's
// lock and reads the same tables.
#include "Host.h"

#include <cstdio>
#include <pthread.h>
#include <stdexcept>
#include <string>

namespace {

__attribute__((noinline)) int throw_from(int depth) {
    std::string kept(64, 'x'); // a frame with a destructor
    if (depth == 0) throw std::runtime_error("from the deep");
    return throw_from(depth - 1) + static_cast<int>(kept.size());
}

struct outcome {
    double seconds;
    long thrown, caught;
};

void *throw_again_and_again(void *argument) {
    auto *outcome = static_cast<struct outcome *>(argument);
    for (double end = host_thread_seconds() + outcome->seconds; host_thread_seconds() < end;) {
        outcome->thrown++;
        try {
            throw_from(20);
        } catch (const std::runtime_error &error) {
            if (std::string(error.what()) == "from the deep") outcome->caught++;
        }
    }
    return nullptr;
}

bool throws_under(hearth_unwinder unwinder) {
    host_start_with(4000, unwinder);
    double start = host_process_seconds();
    struct outcome outcomes[3] = {};
    pthread_t threads[3];
    for (int index = 0; index < 3; index++) {
        outcomes[index].seconds = 0.5 * host_dose;
        pthread_create(&threads[index], nullptr, throw_again_and_again, &outcomes[index]);
    }
    long thrown = 0, caught = 0;
    for (int index = 0; index < 3; index++) {
        pthread_join(threads[index], nullptr);
        thrown += outcomes[index].thrown;
        caught += outcomes[index].caught;
    }
    double used = host_process_seconds() - start;
    host_stop();
    std::printf("thrown %ld caught %ld in %.1f s\n", thrown, caught, used);
    return thrown == caught && thrown > 100 && host_handlers_have_ended();
}

} // namespace

int throws_exceptions(void) {
    bool whole = throws_under(hearth_unwinder_frame_pointers) && throws_under(hearth_unwinder_hybrid);
    return whole && host_accounts_for(host_process_seconds(), 0.00025) ? 0 : 1;
}
