#include "Kernels.h"

#include <new>

namespace {

using namespace hearth_json;

struct Kernel {
    const char *name;
    hearth_json_status (*scan)(hearth_json_scanner &, const hearth_json_paths &, const uint8_t *, size_t);
    hearth_json_status (*scan_strictly)(hearth_json_scanner &, const hearth_json_paths &, const uint8_t *, size_t);
};

template <typename Scan>
hearth_json_status scan(hearth_json_scanner &scanner, const hearth_json_paths &paths, const uint8_t *bytes, size_t length) {
    return Scan(scanner, paths, bytes, length).run();
}

/// Those that this processor has, the best one last.
struct Kernels {
    Kernel list[3] = {};
    size_t count = 0;

    Kernels() {
        list[count++] = {"plain", scan<plain::Scan<false>>, scan<plain::Scan<true>>};
#if defined(__x86_64__)
        list[count++] = {"sse2", scan<sse2::Scan<false>>, scan<sse2::Scan<true>>};
        __builtin_cpu_init();
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2")
            && __builtin_cpu_supports("lzcnt") && __builtin_cpu_supports("popcnt")
            && __builtin_cpu_supports("pclmul")) {
            list[count++] = {"avx2", scan<avx2::Scan<false>>, scan<avx2::Scan<true>>};
        }
#elif defined(__aarch64__)
        list[count++] = {"neon", scan<neon::Scan<false>>, scan<neon::Scan<true>>};
#endif
    }
};

const Kernels &kernels() {
    static const Kernels kernels;
    return kernels;
}

} // namespace

hearth_json_paths *hearth_json_paths_create(void) { return new (std::nothrow) hearth_json_paths; }

void hearth_json_paths_destroy(hearth_json_paths *paths) { delete paths; }

int32_t hearth_json_paths_add(hearth_json_paths *paths, const hearth_json_segment *segments, size_t count) {
    if (count == 0 || count > maximum_depth) { return -1; }
    try {
        Place *place = &paths->root;
        for (size_t i = 0; i < count; i++) {
            const auto &segment = segments[i];
            if (segment.each) {
                if (!place->each) { place->each = std::make_unique<Place>(); }
                place = place->each.get();
                continue;
            }
            place = place->add_member({segment.key, segment.length}, paths->places++);
        }
        if (place->path < 0) { place->path = paths->count++; }
        return place->path;
    } catch (...) {
        return -1;
    }
}

size_t hearth_json_kernel_count(void) { return kernels().count; }

const char *hearth_json_kernel_name(size_t kernel) { return kernels().list[kernel].name; }

hearth_json_scanner *hearth_json_scanner_create(size_t kernel) {
    auto *scanner = new (std::nothrow) hearth_json_scanner;
    if (scanner != nullptr) { scanner->kernel = kernel; }
    return scanner;
}

void hearth_json_scanner_destroy(hearth_json_scanner *scanner) { delete scanner; }

// A block of 64 bytes is read from anywhere in a document.
size_t hearth_json_padding(void) { return 64; }

hearth_json_status hearth_json_scan(
    hearth_json_scanner *scanner, const hearth_json_paths *paths, const uint8_t *bytes, size_t length, bool strict) {
    try {
        scanner->values.clear();
        scanner->found_count = 0;
        if (scanner->marks.size() < paths->places) { scanner->marks.resize(paths->places); }
        const Kernel &chosen = kernels().list[scanner->kernel];
        return (strict ? chosen.scan_strictly : chosen.scan)(*scanner, *paths, bytes, length);
    } catch (...) {
        return hearth_json_no_memory;
    }
}

size_t hearth_json_value_count(const hearth_json_scanner *scanner) { return scanner->values.size(); }

const hearth_json_value *hearth_json_values(const hearth_json_scanner *scanner) { return scanner->values.data(); }
