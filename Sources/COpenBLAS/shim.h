#include <cblas.h>

// Whether the processor and the system have AVX-512 as the SkylakeX kernels want it. Always false on other architectures.
static inline int hearth_has_avx512(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
#else
    return 0;
#endif
}
