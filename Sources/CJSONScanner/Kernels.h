// The scan for each kind of processor. Which one runs is asked once, as the program starts.
#pragma once

#include "Scanner.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

// `OPAQUE` keeps clang from joining masks while they are still vectors of single bits, which it then takes apart bit by bit.
#define HEARTH_JSON_INLINE inline __attribute__((always_inline))
#define HEARTH_JSON_OPAQUE(mask) __asm__("" : "+r"(mask))

namespace hearth_json {

/// Any processor; what the others are held against.
namespace plain {

struct Block {
    const uint8_t *bytes;
    explicit Block(const uint8_t *bytes) : bytes(bytes) {}

    template <typename Test> uint64_t where(Test test) const {
        uint64_t bits = 0;
        for (int i = 0; i < 64; i++) { bits |= static_cast<uint64_t>(test(bytes[i])) << i; }
        return bits;
    }
    uint64_t equal(char wanted) const {
        return where([wanted](uint8_t byte) { return byte == static_cast<uint8_t>(wanted); });
    }
    uint64_t opening() const { return where([](uint8_t byte) { return (byte | 0x20) == '{'; }); }
    uint64_t closing() const { return where([](uint8_t byte) { return (byte | 0x20) == '}'; }); }
    uint64_t control() const { return where([](uint8_t byte) { return byte < 0x20; }); }
    uint64_t high() const { return where([](uint8_t byte) { return byte >= 0x80; }); }
    uint64_t special() const { return control() | high() | equal('\\'); }
};

static inline uint64_t prefix_xor(uint64_t bits) {
    for (int shift = 1; shift < 64; shift *= 2) { bits ^= bits << shift; }
    return bits;
}

#include "Kernel.h"

} // namespace plain

#if defined(__x86_64__)

namespace sse2 {

struct Block {
    __m128i parts[4];
    explicit Block(const uint8_t *bytes) {
        for (int i = 0; i < 4; i++) { parts[i] = _mm_loadu_si128(reinterpret_cast<const __m128i *>(bytes) + i); }
    }

    template <typename Test> uint64_t where(Test test) const {
        uint64_t bits = 0;
        for (int i = 0; i < 4; i++) {
            auto mask = static_cast<uint32_t>(_mm_movemask_epi8(test(parts[i])));
            HEARTH_JSON_OPAQUE(mask);
            bits |= static_cast<uint64_t>(mask) << (16 * i);
        }
        return bits;
    }
    uint64_t equal(char wanted) const {
        return where([wanted](__m128i part) { return _mm_cmpeq_epi8(part, _mm_set1_epi8(wanted)); });
    }
    uint64_t equal_in_small(char wanted) const {
        return where([wanted](__m128i part) {
            return _mm_cmpeq_epi8(_mm_or_si128(part, _mm_set1_epi8(0x20)), _mm_set1_epi8(wanted));
        });
    }
    uint64_t opening() const { return equal_in_small('{'); }
    uint64_t closing() const { return equal_in_small('}'); }
    /// As signed numbers all that are no ASCII are below zero.
    uint64_t low() const { return where([](__m128i part) { return _mm_cmplt_epi8(part, _mm_set1_epi8(0x20)); }); }
    uint64_t high() const { return where([](__m128i part) { return part; }); }
    uint64_t control() const { return low() & ~high(); }
    uint64_t special() const {
        return where([](__m128i part) {
            return _mm_or_si128(
                _mm_cmplt_epi8(part, _mm_set1_epi8(0x20)), _mm_cmpeq_epi8(part, _mm_set1_epi8('\\')));
        });
    }
};

static inline uint64_t prefix_xor(uint64_t bits) { return plain::prefix_xor(bits); }

#include "Kernel.h"

} // namespace sse2

#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt,pclmul"))), apply_to = function)

namespace avx2 {

struct Block {
    __m256i low_part, high_part;
    explicit Block(const uint8_t *bytes)
        : low_part(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(bytes))),
          high_part(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(bytes) + 1)) {}

    static uint64_t bits(__m256i low, __m256i high) {
        auto first = static_cast<uint32_t>(_mm256_movemask_epi8(low));
        auto second = static_cast<uint32_t>(_mm256_movemask_epi8(high));
        HEARTH_JSON_OPAQUE(first);
        HEARTH_JSON_OPAQUE(second);
        return first | static_cast<uint64_t>(second) << 32;
    }
    uint64_t equal(char wanted) const {
        __m256i all = _mm256_set1_epi8(wanted);
        return bits(_mm256_cmpeq_epi8(low_part, all), _mm256_cmpeq_epi8(high_part, all));
    }
    uint64_t equal_in_small(char wanted) const {
        __m256i all = _mm256_set1_epi8(wanted);
        __m256i small = _mm256_set1_epi8(0x20);
        return bits(
            _mm256_cmpeq_epi8(_mm256_or_si256(low_part, small), all),
            _mm256_cmpeq_epi8(_mm256_or_si256(high_part, small), all));
    }
    uint64_t opening() const { return equal_in_small('{'); }
    uint64_t closing() const { return equal_in_small('}'); }
    uint64_t high() const { return bits(low_part, high_part); }
    uint64_t control() const { return bits(low(low_part), low(high_part)) & ~high(); }
    uint64_t special() const { return bits(special(low_part), special(high_part)); }

private:
    /// As signed numbers all that are no ASCII are below zero.
    static __m256i low(__m256i part) { return _mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), part); }
    static __m256i special(__m256i part) {
        return _mm256_or_si256(low(part), _mm256_cmpeq_epi8(part, _mm256_set1_epi8('\\')));
    }
};

static inline uint64_t prefix_xor(uint64_t bits) {
    return static_cast<uint64_t>(_mm_cvtsi128_si64(
        _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<int64_t>(bits)), _mm_set1_epi8(-1), 0)));
}

#include "Kernel.h"

} // namespace avx2

#pragma clang attribute pop

#elif defined(__aarch64__)

namespace neon {

struct Block {
    uint8x16_t parts[4];
    explicit Block(const uint8_t *bytes) {
        for (int i = 0; i < 4; i++) { parts[i] = vld1q_u8(bytes + 16 * i); }
    }

    template <typename Test> uint64_t where(Test test) const {
        static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
        uint8x16_t weight = vld1q_u8(weights);
        uint8x16_t sums = vpaddq_u8(
            vpaddq_u8(vandq_u8(test(parts[0]), weight), vandq_u8(test(parts[1]), weight)),
            vpaddq_u8(vandq_u8(test(parts[2]), weight), vandq_u8(test(parts[3]), weight)));
        return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sums, sums)), 0);
    }
    uint64_t equal(char wanted) const {
        return where([wanted](uint8x16_t part) { return vceqq_u8(part, vdupq_n_u8(static_cast<uint8_t>(wanted))); });
    }
    uint64_t equal_in_small(uint8_t wanted) const {
        return where([wanted](uint8x16_t part) {
            return vceqq_u8(vorrq_u8(part, vdupq_n_u8(0x20)), vdupq_n_u8(wanted));
        });
    }
    uint64_t opening() const { return equal_in_small('{'); }
    uint64_t closing() const { return equal_in_small('}'); }
    uint64_t control() const { return where([](uint8x16_t part) { return vcltq_u8(part, vdupq_n_u8(0x20)); }); }
    uint64_t high() const { return where([](uint8x16_t part) { return vcgeq_u8(part, vdupq_n_u8(0x80)); }); }
    uint64_t special() const {
        return where([](uint8x16_t part) {
            // As signed numbers all that are no ASCII are below zero.
            return vorrq_u8(
                vcltq_s8(vreinterpretq_s8_u8(part), vdupq_n_s8(0x20)), vceqq_u8(part, vdupq_n_u8('\\')));
        });
    }
};

static inline uint64_t prefix_xor(uint64_t bits) { return plain::prefix_xor(bits); }

#include "Kernel.h"

} // namespace neon

#endif

} // namespace hearth_json
