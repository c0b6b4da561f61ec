// What one scan leaves behind, and the memory that it works in.
#pragma once

#include "Paths.h"
#include "Scalars.h"

#include <array>

namespace hearth_json {

/// Objects and arrays within one another that are followed here; a document that has more is another parser's.
constexpr uint32_t maximum_depth = 63;

} // namespace hearth_json

struct hearth_json_scanner {
    using Place = hearth_json::Place;

    /// An object or array that a path leads through.
    struct Frame {
        const Place *place;
        /// Which of all objects it is: a member that is marked with it has been met in it.
        uint64_t serial;
        bool is_object;
    };

    /// Something that a path leads to or through, met on the way. An element of an array is of no object.
    struct Found {
        const Place *place;
        const uint8_t *value;
        uint64_t serial;
    };

    size_t kernel = 0;
    std::vector<hearth_json_value> values;
    std::vector<Found> found;
    size_t found_count = 0;
    std::array<Frame, hearth_json::maximum_depth + 2> frames;
    uint64_t serial = 0;
    /// By the number of a place.
    std::vector<uint64_t> marks;

    // Strings with escapes, without these.
    std::vector<std::unique_ptr<char[]>> texts;
    char *free = nullptr;
    size_t room = 0;

    char *reserve(size_t length) {
        if (length > room) {
            size_t size = length > 1 << 14 ? length : 1 << 14;
            texts.push_back(std::make_unique<char[]>(size));
            free = texts.back().get();
            room = size;
        }
        return free;
    }

    /// For what one block of 64 bytes can bring, and one more.
    void make_room() {
        if (found.size() < found_count + 65) { found.resize(2 * found_count + 65); }
    }

    hearth_json_value &keep(const Place &place, hearth_json_kind kind) {
        values.push_back({static_cast<uint32_t>(place.path), kind, nullptr, 0, 0, 0});
        return values.back();
    }

    /// The member of a name, null for one that is not wanted.
    const Place *member(const Place &object, const uint8_t *name, const uint8_t *end, bool has_escapes) {
        auto length = static_cast<size_t>(end - name);
        if (!has_escapes || std::memchr(name, '\\', length) == nullptr) {
            return object.member(reinterpret_cast<const char *>(name), length);
        }
        char *plain = reserve(length + 8);
        const char *plain_end = hearth_json::unescape(name, end, plain);
        // Where that is no escape, the whole document is refused for it.
        return plain_end == nullptr ? nullptr : object.member(plain, static_cast<size_t>(plain_end - plain));
    }

    hearth_json_status keep_string(const Place &place, const uint8_t *text, const uint8_t *end, bool has_escapes) {
        auto length = static_cast<size_t>(end - text);
        auto &kept = keep(place, hearth_json_string);
        kept.text = text;
        kept.length = length;
        if (!has_escapes || std::memchr(text, '\\', length) == nullptr) { return hearth_json_ok; }
        char *plain = reserve(length);
        const char *plain_end = hearth_json::unescape(text, end, plain);
        if (plain_end == nullptr) { return hearth_json_not_json; }
        kept.text = reinterpret_cast<const uint8_t *>(plain);
        kept.length = static_cast<size_t>(plain_end - plain);
        free += kept.length;
        room -= kept.length;
        return hearth_json_ok;
    }

    hearth_json_status keep_scalar(const Place &place, const uint8_t *text, const uint8_t *end) {
        hearth_json::Scalar scalar(text, end);
        if (scalar.status != hearth_json_ok) { return scalar.status; }
        auto &kept = keep(place, scalar.kind);
        kept.integer = scalar.integer;
        kept.number = scalar.number;
        return hearth_json_ok;
    }
};
