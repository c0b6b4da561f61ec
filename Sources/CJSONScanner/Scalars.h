// Escapes, numbers and literals, as RFC 8259 writes them. Nothing is read at or beyond `end`.
#pragma once

#include "CJSONScanner.h"

#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <cmath>
#include <cstdint>
#include <cstring>

namespace hearth_json {

/// Four hexadecimal digits, -1 where one is none.
inline int32_t hexadecimal(const uint8_t *text) {
    int32_t value = 0;
    for (int i = 0; i < 4; i++) {
        uint8_t digit = text[i];
        uint8_t letter = digit | 0x20;
        if (digit >= '0' && digit <= '9') {
            value = value * 16 + (digit - '0');
        } else if (letter >= 'a' && letter <= 'f') {
            value = value * 16 + (letter - 'a' + 10);
        } else {
            return -1;
        }
    }
    return value;
}

/// The scalar that an escape stands for, and how long the escape is: 0 for none that JSON knows, and for half of a
/// surrogate pair.
struct Escape {
    uint32_t scalar;
    size_t length;

    Escape(const uint8_t *text, const uint8_t *end) : scalar(0), length(0) {
        if (end - text < 2) { return; }
        switch (text[1]) {
        case '"': case '\\': case '/': scalar = text[1]; break;
        case 'b': scalar = '\b'; break;
        case 'f': scalar = '\f'; break;
        case 'n': scalar = '\n'; break;
        case 'r': scalar = '\r'; break;
        case 't': scalar = '\t'; break;
        case 'u': read_unicode(text, end); return;
        default: return;
        }
        length = 2;
    }

private:
    void read_unicode(const uint8_t *text, const uint8_t *end) {
        if (end - text < 6) { return; }
        int32_t first = hexadecimal(text + 2);
        if (first < 0 || (first >= 0xDC00 && first < 0xE000)) { return; }
        scalar = static_cast<uint32_t>(first);
        if (first < 0xD800 || first >= 0xE000) {
            length = 6;
            return;
        }
        if (end - text < 12 || text[6] != '\\' || text[7] != 'u') { return; }
        int32_t second = hexadecimal(text + 8);
        if (second < 0xDC00 || second >= 0xE000) { return; }
        scalar = 0x10000 + ((static_cast<uint32_t>(first) - 0xD800) << 10) + (static_cast<uint32_t>(second) - 0xDC00);
        length = 12;
    }
};

/// Writes a string without its escapes, which are never shorter than what they stand for; null where one is none.
inline char *unescape(const uint8_t *text, const uint8_t *end, char *out) {
    while (text < end) {
        if (*text != '\\') {
            *out++ = static_cast<char>(*text++);
            continue;
        }
        Escape escape(text, end);
        if (escape.length == 0) { return nullptr; }
        text += escape.length;
        uint32_t scalar = escape.scalar;
        if (scalar < 0x80) {
            *out++ = static_cast<char>(scalar);
        } else if (scalar < 0x800) {
            *out++ = static_cast<char>(0xC0 | scalar >> 6);
            *out++ = static_cast<char>(0x80 | (scalar & 0x3F));
        } else if (scalar < 0x10000) {
            *out++ = static_cast<char>(0xE0 | scalar >> 12);
            *out++ = static_cast<char>(0x80 | (scalar >> 6 & 0x3F));
            *out++ = static_cast<char>(0x80 | (scalar & 0x3F));
        } else {
            *out++ = static_cast<char>(0xF0 | scalar >> 18);
            *out++ = static_cast<char>(0x80 | (scalar >> 12 & 0x3F));
            *out++ = static_cast<char>(0x80 | (scalar >> 6 & 0x3F));
            *out++ = static_cast<char>(0x80 | (scalar & 0x3F));
        }
    }
    return out;
}

/// Null, a boolean or a number. An integer is one that fits in 64 bits with sign.
struct Scalar {
    hearth_json_status status = hearth_json_not_json;
    hearth_json_kind kind = hearth_json_null;
    int64_t integer = 0;
    double number = 0;

    Scalar(const uint8_t *text, const uint8_t *end) {
        switch (*text) {
        case 'n': read_literal(text, end, "null", hearth_json_null, 0); break;
        case 't': read_literal(text, end, "true", hearth_json_bool, 1); break;
        case 'f': read_literal(text, end, "false", hearth_json_bool, 0); break;
        default: read_number(text, end);
        }
    }

private:
    static bool is_digit(uint8_t byte) { return static_cast<uint8_t>(byte - '0') < 10; }

    /// What may follow a scalar; the order of what follows is checked elsewhere.
    static bool ends(const uint8_t *text, const uint8_t *end) {
        if (text >= end) { return true; }
        switch (*text) {
        case ' ': case '\t': case '\n': case '\r': case ',': case ':': case ']': case '}': case '[': case '{': case '"':
            return true;
        default: return false;
        }
    }

    void read_literal(
        const uint8_t *text, const uint8_t *end, std::string_view word, hearth_json_kind its_kind, int64_t value) {
        if (static_cast<size_t>(end - text) < word.size() || std::memcmp(text, word.data(), word.size()) != 0
            || !ends(text + word.size(), end)) {
            return;
        }
        kind = its_kind;
        integer = value;
        status = hearth_json_ok;
    }

    void read_number(const uint8_t *text, const uint8_t *end) {
        const uint8_t *start = text;
        bool is_negative = *text == '-';
        if (is_negative) { text++; }
        const uint8_t *digits = text;
        uint64_t digits_value = 0;
        while (text < end && is_digit(*text)) { digits_value = digits_value * 10 + (*text++ - '0'); }
        size_t count = static_cast<size_t>(text - digits);
        if (count == 0 || (*digits == '0' && count > 1)) { return; }
        if (ends(text, end)) {
            // Nineteen digits fit in 64 bits without sign.
            uint64_t limit = static_cast<uint64_t>(INT64_MAX) + is_negative;
            if (count <= 19 && digits_value <= limit) {
                kind = hearth_json_integer;
                integer = static_cast<int64_t>(is_negative ? 0 - digits_value : digits_value);
                number = static_cast<double>(integer);
                status = hearth_json_ok;
                return;
            }
            return compute(start, text);
        }
        int64_t exponent = 0;
        if (*text == '.') {
            const uint8_t *fraction = ++text;
            while (text < end && is_digit(*text)) { digits_value = digits_value * 10 + (*text++ - '0'); }
            if (text == fraction) { return; }
            exponent = fraction - text;
            count += static_cast<size_t>(text - fraction);
        }
        if (text < end && (*text | 0x20) == 'e') {
            text++;
            bool is_small = text < end && *text == '-';
            if (text < end && (*text == '-' || *text == '+')) { text++; }
            const uint8_t *power = text;
            int64_t written = 0;
            while (text < end && is_digit(*text)) {
                if (written < 100000) { written = written * 10 + (*text - '0'); }
                text++;
            }
            if (text == power) { return; }
            exponent += is_small ? -written : written;
        }
        if (!ends(text, end)) { return; }
        // Both parts are doubles without rounding, so that one operation rounds once.
        static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
        if (count <= 15 && exponent >= -22 && exponent <= 22) {
            double value = static_cast<double>(digits_value);
            value = exponent < 0 ? value / powers[-exponent] : value * powers[exponent];
            number = is_negative ? -value : value;
            kind = hearth_json_number;
            status = hearth_json_ok;
            return;
        }
        compute(start, text);
    }

    void compute(const uint8_t *text, const uint8_t *end) {
        number = simdjson::internal::from_chars(
            reinterpret_cast<const char *>(text), reinterpret_cast<const char *>(end));
        kind = hearth_json_number;
        status = std::isfinite(number) ? hearth_json_ok : hearth_json_number_out_of_range;
    }
};

} // namespace hearth_json
