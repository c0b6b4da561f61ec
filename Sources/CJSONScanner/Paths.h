// The wanted paths as a tree. Documents are met key by key, so that a path costs nothing where it does not lead.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hearth_json {

struct Place {
    /// A member's key by its first eight bytes, which are enough to tell most apart.
    struct Key {
        uint64_t start;
        uint64_t length;
        const Place *place;
        /// The next one of the same chain; 0 is the end.
        uint32_t next;
    };

    std::string name;
    int32_t path = -1;
    /// Among all places of the tree.
    size_t number = 0;
    std::vector<std::unique_ptr<Place>> members;
    /// The first one stands for no member.
    std::vector<Key> keys{{0, SIZE_MAX, nullptr, 0}};
    uint32_t chains[64] = {};
    std::unique_ptr<Place> each;

    static uint64_t first_bytes(const char *text, size_t length) {
        static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first byte is the lowest");
        uint64_t bytes;
        std::memcpy(&bytes, text, sizeof bytes);
        return bytes & (length < 8 ? (uint64_t(1) << (length * 8 % 64)) - 1 : ~uint64_t(0));
    }

    static size_t chain(uint64_t start, size_t length) { return (start + length) * 0x9E3779B97F4A7C15 >> 58; }

    /// The member of a name behind which eight bytes can be read.
    const Place *member(const char *text, size_t length) const {
        uint64_t start = first_bytes(text, length);
        for (uint32_t index = chains[chain(start, length)]; index != 0;) {
            const Key &key = keys[index];
            if (key.start == start && key.length == length
                && (length <= 8 || std::memcmp(text, key.place->name.data(), length) == 0)) {
                return key.place;
            }
            index = key.next;
        }
        return nullptr;
    }

    Place *add_member(std::string_view text, size_t number) {
        for (auto &member : members) {
            if (member->name == text) { return member.get(); }
        }
        auto member = std::make_unique<Place>();
        member->name = text;
        member->number = number;
        char padded[8] = {};
        std::memcpy(padded, text.data(), text.size() < 8 ? text.size() : 8);
        uint64_t start = first_bytes(padded, text.size());
        uint32_t &chain = chains[Place::chain(start, text.size())];
        keys.push_back({start, text.size(), member.get(), chain});
        chain = static_cast<uint32_t>(keys.size() - 1);
        members.push_back(std::move(member));
        return members.back().get();
    }
};

} // namespace hearth_json

struct hearth_json_paths {
    hearth_json::Place root;
    int32_t count = 0;
    size_t places = 1;
};
