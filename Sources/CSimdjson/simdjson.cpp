#include "CSimdjson.h"

#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace simdjson;

/// A place in the tree of paths. Documents are met key by key, so that a path costs nothing where it does not lead.
struct Place {
    std::string key;
    int32_t path = -1;
    /// Its place among the members of the object that it is in.
    size_t number = 0;
    std::vector<std::unique_ptr<Place>> members;
    /// The keys of the members side by side, and which lengths they have: most keys of a document are told by that alone.
    std::vector<std::string_view> keys;
    uint64_t lengths = 0;
    std::unique_ptr<Place> each;

    static uint64_t length_bit(std::string_view key) { return uint64_t(1) << (key.size() < 63 ? key.size() : 63); }

    const Place *member(std::string_view name) const {
        if ((lengths & length_bit(name)) == 0) { return nullptr; }
        for (size_t i = 0; i < keys.size(); i++) {
            if (keys[i] == name) { return members[i].get(); }
        }
        return nullptr;
    }

    Place *add_member(std::string_view name) {
        members.push_back(std::make_unique<Place>());
        Place *member = members.back().get();
        member->key = name;
        member->number = members.size() - 1;
        keys.push_back(member->key);
        lengths |= length_bit(name);
        return member;
    }
};

hearth_json_status status(error_code error) {
    switch (error) {
    case SUCCESS: return hearth_json_ok;
    case UTF8_ERROR: return hearth_json_not_utf8;
    case NUMBER_ERROR:
    case NUMBER_OUT_OF_RANGE: return hearth_json_number_out_of_range;
    case DEPTH_ERROR: return hearth_json_too_deep;
    case MEMALLOC:
    case CAPACITY: return hearth_json_no_memory;
    default: return hearth_json_not_json;
    }
}

} // namespace

namespace {

/// Which of the wanted members of one object were met.
class Met {
public:
    explicit Met(size_t members) {
        if (members > 64) { more.resize(members - 64); }
    }

    /// False the second time.
    bool insert(size_t member) {
        if (member >= 64) {
            if (more[member - 64]) { return false; }
            more[member - 64] = true;
            return true;
        }
        uint64_t bit = uint64_t(1) << member;
        if (first & bit) { return false; }
        first |= bit;
        return true;
    }

private:
    uint64_t first = 0;
    std::vector<bool> more;
};

/// Copies of texts, which stay where they are as long as this does: those in simdjson's buffers are gone with the next document.
class KeptTexts {
public:
    std::string_view keep(std::string_view text) {
        // An empty text lies somewhere too.
        if (free == nullptr || text.size() > room) {
            room = text.size() > 1 << 14 ? text.size() : 1 << 14;
            pieces.push_back(std::unique_ptr<char[]>(new char[room]));
            free = pieces.back().get();
        }
        char *start = free;
        std::memcpy(start, text.data(), text.size());
        free += text.size();
        room -= text.size();
        return {start, text.size()};
    }

private:
    std::vector<std::unique_ptr<char[]>> pieces;
    char *free = nullptr;
    size_t room = 0;
};

} // namespace

struct hearth_json_paths {
    Place root;
    int32_t count = 0;
};

struct hearth_json_scanner {
    dom::parser checker;
    ondemand::parser parser;
    std::vector<hearth_json_value> values;
    KeptTexts texts;
    bool repeats_name = false;

    hearth_json_value &keep(const Place &place, hearth_json_kind kind) {
        values.push_back({static_cast<uint32_t>(place.path), kind, nullptr, 0, 0, 0});
        return values.back();
    }

    void keep_string(const Place &place, std::string_view text) {
        auto &kept = keep(place, hearth_json_string);
        kept.text = reinterpret_cast<const uint8_t *>(text.data());
        kept.length = text.size();
    }

    /// A string as it stands in the document; none where it has escapes. Stage one has found the quote that ends it.
    static std::string_view plain(ondemand::raw_json_string string) {
        const char *start = string.raw();
        const char *end = start;
        while (*end != '"') {
            if (*end == '\\') { return {}; }
            end++;
        }
        return {start, static_cast<size_t>(end - start)};
    }

    error_code visit_number(ondemand::value value, const Place &place) {
        ondemand::number number;
        SIMDJSON_TRY(value.get_number().get(number));
        if (number.is_int64()) {
            auto &kept = keep(place, hearth_json_integer);
            kept.integer = number.get_int64();
            kept.number = static_cast<double>(kept.integer);
        } else {
            auto &kept = keep(place, hearth_json_number);
            kept.number = number.as_double();
            // For doubles of more than 19 digits, simdjson 3.0 has a zero there.
            if (number.is_double()) { SIMDJSON_TRY(value.get_double().get(kept.number)); }
        }
        return SUCCESS;
    }

    error_code visit_members(ondemand::object object, const Place &place) {
        Met met(place.members.size());
        for (auto result : object) {
            ondemand::field field;
            SIMDJSON_TRY(std::move(result).get(field));
            std::string_view key = plain(field.key());
            if (key.data() == nullptr) { SIMDJSON_TRY(field.unescaped_key().get(key)); }
            if (const Place *member = place.member(key)) {
                if (!met.insert(member->number)) {
                    repeats_name = true;
                    return INCORRECT_TYPE;
                }
                SIMDJSON_TRY(visit(field.value(), *member));
            }
        }
        return SUCCESS;
    }

    /// Recurses as deep as the paths go, whatever the document does.
    error_code visit(ondemand::value value, const Place &place) {
        ondemand::json_type type;
        SIMDJSON_TRY(value.type().get(type));
        bool wanted = place.path >= 0;
        switch (type) {
        case ondemand::json_type::object: {
            if (wanted) { keep(place, hearth_json_object); }
            if (place.members.empty()) { return SUCCESS; }
            ondemand::object object;
            SIMDJSON_TRY(value.get_object().get(object));
            return visit_members(object, place);
        }
        case ondemand::json_type::array: {
            if (wanted) { keep(place, hearth_json_array); }
            if (!place.each) { return SUCCESS; }
            ondemand::array array;
            SIMDJSON_TRY(value.get_array().get(array));
            for (auto result : array) {
                ondemand::value element;
                SIMDJSON_TRY(std::move(result).get(element));
                SIMDJSON_TRY(visit(element, *place.each));
            }
            return SUCCESS;
        }
        case ondemand::json_type::string: {
            if (!wanted) { return SUCCESS; }
            ondemand::raw_json_string raw;
            SIMDJSON_TRY(value.get_raw_json_string().get(raw));
            std::string_view text = plain(raw);
            if (text.data() == nullptr) {
                SIMDJSON_TRY(value.get_string().get(text));
                text = texts.keep(text);
            }
            keep_string(place, text);
            return SUCCESS;
        }
        case ondemand::json_type::number: return wanted ? visit_number(value, place) : SUCCESS;
        case ondemand::json_type::boolean: {
            if (!wanted) { return SUCCESS; }
            bool boolean = false;
            SIMDJSON_TRY(value.get_bool().get(boolean));
            keep(place, hearth_json_bool).integer = boolean;
            return SUCCESS;
        }
        case ondemand::json_type::null: {
            if (!wanted) { return SUCCESS; }
            bool null = false;
            SIMDJSON_TRY(value.is_null().get(null));
            if (!null) { return N_ATOM_ERROR; }
            keep(place, hearth_json_null);
            return SUCCESS;
        }
        }
        return TAPE_ERROR;
    }

    // MARK: The whole document, checked and laid out before: going through it skips what no path leads to at once.

    error_code visit_members(dom::object object, const Place &place) {
        Met met(place.members.size());
        for (dom::key_value_pair field : object) {
            const Place *member = place.member(field.key);
            if (member == nullptr) { continue; }
            if (!met.insert(member->number)) {
                repeats_name = true;
                return INCORRECT_TYPE;
            }
            SIMDJSON_TRY(visit(field.value, *member));
        }
        return SUCCESS;
    }

    error_code visit(dom::element value, const Place &place) {
        bool wanted = place.path >= 0;
        switch (value.type()) {
        case dom::element_type::OBJECT: {
            if (wanted) { keep(place, hearth_json_object); }
            if (place.members.empty()) { return SUCCESS; }
            dom::object object;
            SIMDJSON_TRY(value.get(object));
            return visit_members(object, place);
        }
        case dom::element_type::ARRAY: {
            if (wanted) { keep(place, hearth_json_array); }
            if (!place.each) { return SUCCESS; }
            dom::array array;
            SIMDJSON_TRY(value.get(array));
            for (dom::element element : array) { SIMDJSON_TRY(visit(element, *place.each)); }
            return SUCCESS;
        }
        default: return wanted ? keep_scalar(value, place) : SUCCESS;
        }
    }

    error_code keep_scalar(dom::element value, const Place &place) {
        switch (value.type()) {
        case dom::element_type::STRING: {
            std::string_view text;
            SIMDJSON_TRY(value.get(text));
            keep_string(place, texts.keep(text));
            return SUCCESS;
        }
        case dom::element_type::INT64: {
            auto &kept = keep(place, hearth_json_integer);
            SIMDJSON_TRY(value.get(kept.integer));
            kept.number = static_cast<double>(kept.integer);
            return SUCCESS;
        }
        case dom::element_type::UINT64: {
            uint64_t integer = 0;
            SIMDJSON_TRY(value.get(integer));
            keep(place, hearth_json_number).number = static_cast<double>(integer);
            return SUCCESS;
        }
        case dom::element_type::DOUBLE: return value.get(keep(place, hearth_json_number).number);
        case dom::element_type::BOOL: {
            bool boolean = false;
            SIMDJSON_TRY(value.get(boolean));
            keep(place, hearth_json_bool).integer = boolean;
            return SUCCESS;
        }
        default: keep(place, hearth_json_null); return SUCCESS;
        }
    }

    hearth_json_status scan_strictly(const hearth_json_paths &paths, const uint8_t *bytes, size_t length) {
        dom::element element;
        auto error = checker.parse(bytes, length, false).get(element);
        if (error != SUCCESS) { return status(error); }
        dom::object object;
        if (element.get(object) != SUCCESS) { return hearth_json_not_an_object; }
        error = visit_members(object, paths.root);
        return repeats_name ? hearth_json_repeated_name : status(error);
    }

    hearth_json_status scan(const hearth_json_paths &paths, const uint8_t *bytes, size_t length, bool strict) {
        values.clear();
        repeats_name = false;
        if (strict) { return scan_strictly(paths, bytes, length); }
        ondemand::document document;
        auto view = padded_string_view(bytes, length, length + SIMDJSON_PADDING);
        auto error = parser.iterate(view).get(document);
        if (error != SUCCESS) { return status(error); }
        ondemand::json_type type;
        error = document.type().get(type);
        if (error != SUCCESS) { return status(error); }
        if (type != ondemand::json_type::object) { return hearth_json_not_an_object; }
        ondemand::object object;
        error = document.get_object().get(object);
        if (error == SUCCESS) { error = visit_members(object, paths.root); }
        if (repeats_name) { return hearth_json_repeated_name; }
        // A place is known as long as something is left to read.
        if (error == SUCCESS && document.current_location().error() == SUCCESS) { error = TAPE_ERROR; }
        return status(error);
    }
};

hearth_json_paths *hearth_json_paths_create(void) { return new (std::nothrow) hearth_json_paths; }

void hearth_json_paths_destroy(hearth_json_paths *paths) { delete paths; }

int32_t hearth_json_paths_add(hearth_json_paths *paths, const hearth_json_segment *segments, size_t count) {
    if (count == 0) { return -1; }
    try {
        Place *place = &paths->root;
        for (size_t i = 0; i < count; i++) {
            const auto &segment = segments[i];
            if (segment.each) {
                if (!place->each) { place->each = std::make_unique<Place>(); }
                place = place->each.get();
                continue;
            }
            std::string_view key(segment.key, segment.length);
            auto *known = const_cast<Place *>(place->member(key));
            if (known == nullptr) {
                known = place->add_member(key);
            }
            place = known;
        }
        if (place->path < 0) { place->path = paths->count++; }
        return place->path;
    } catch (...) {
        return -1;
    }
}

hearth_json_scanner *hearth_json_scanner_create(void) { return new (std::nothrow) hearth_json_scanner; }

void hearth_json_scanner_destroy(hearth_json_scanner *scanner) { delete scanner; }

size_t hearth_json_padding(void) { return SIMDJSON_PADDING; }

hearth_json_status hearth_json_scan(
    hearth_json_scanner *scanner, const hearth_json_paths *paths, const uint8_t *bytes, size_t length, bool strict) {
    try {
        return scanner->scan(*paths, bytes, length, strict);
    } catch (...) {
        return hearth_json_no_memory;
    }
}

size_t hearth_json_value_count(const hearth_json_scanner *scanner) { return scanner->values.size(); }

const hearth_json_value *hearth_json_values(const hearth_json_scanner *scanner) { return scanner->values.data(); }
