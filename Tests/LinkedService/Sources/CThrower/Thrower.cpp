#include "CThrower.h"

#include <stdexcept>

namespace {
__attribute__((noinline)) void refuse(int number) {
    if (number >= 0) throw std::runtime_error("refused");
}
}

int thrower_throw_and_catch(int count) {
    int caught = 0;
    for (int number = 0; number < count; number++) {
        try {
            refuse(number);
        } catch (const std::runtime_error &) {
            caught++;
        }
    }
    return caught;
}
