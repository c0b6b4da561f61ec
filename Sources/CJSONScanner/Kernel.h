// The scan over a document, 64 bytes at a time: which of them are quotes, brackets and so on comes as 64 bits, and the order of
// tokens is checked on those bits and not one by one. Included once for every kind of processor, in a namespace of its own
// that has a `Block`; nothing here may be shared between two of them.

/// Follows tokens to the first byte behind them that is no white space.
struct Following {
    /// What the block before has left for the first byte of this one.
    uint64_t carried = 0;

    /// `ends`: the last bytes of tokens.
    HEARTH_JSON_INLINE uint64_t after(uint64_t ends, uint64_t space) {
        uint64_t after = ends << 1 | carried;
        carried = ends >> 63;
        if (space == 0) { return after; }
        // A bit that meets white space runs through it as the carry of a sum.
        uint64_t sum;
        carried |= __builtin_add_overflow(after & space, space, &sum);
        return (sum | after) & ~space;
    }
};

/// A string's end: the first quote that belongs to no escape. Null when there is none.
static inline const uint8_t *string_end(const uint8_t *text, const uint8_t *end) {
    while (text < end) {
        Block block(text);
        uint64_t quotes = block.equal('"');
        uint64_t escapes = block.equal('\\');
        uint64_t until_quote = quotes ^ (quotes - 1);
        if ((escapes & until_quote) != 0) {
            text += __builtin_ctzll(escapes) + 2;
        } else if (quotes != 0) {
            text += __builtin_ctzll(quotes);
            return text < end ? text : nullptr;
        } else {
            text += 64;
        }
    }
    return nullptr;
}

/// The tokens of one block, by their first bytes, and where strings end.
struct Tokens {
    const uint8_t *start;
    uint64_t open, close, comma, colon, string, scalar, ending;
    /// Behind an opening bracket or a comma: where an element begins, or a name.
    uint64_t first;
    /// Where an array must be.
    uint64_t array;
};

/// Finds what stands at the paths. Of the brackets it is told of those only that are as deep as a path leads.
struct Finds {
    hearth_json_scanner &scanner;
    /// Where the next bracket leads to, if a path does.
    const Place *pending;
    /// The last string of the blocks before.
    const uint8_t *opened = nullptr;
    bool has_escapes = false;

    Finds(hearth_json_scanner &scanner, const Place &root) : scanner(scanner), pending(&root) {}

    /// Whether a path leads on into the object or array that opens here, which is then `depth` deep.
    bool open(bool is_object, uint32_t depth) {
        const Place &place = *pending;
        pending = nullptr;
        if (is_object ? place.members.empty() : !place.each) { return false; }
        scanner.frames[depth] = {&place, ++scanner.serial, is_object};
        return true;
    }

    HEARTH_JSON_INLINE void visit(const Tokens &tokens, uint64_t part, uint32_t depth) {
        auto &frame = scanner.frames[depth];
        if (frame.is_object) {
            visit_members(tokens, tokens.colon & part, frame);
        } else {
            visit_elements(tokens, part, frame);
        }
    }

private:
    HEARTH_JSON_INLINE void visit_members(const Tokens &tokens, uint64_t colons, hearth_json_scanner::Frame &frame) {
        const auto *keys = frame.place->keys.data();
        const auto *chains = frame.place->chains;
        auto *found = scanner.found.data() + scanner.found_count;
        const Place *member = pending;
        for (; colons != 0; colons &= colons - 1) {
            uint64_t below = (colons & (0 - colons)) - 1;
            const uint8_t *colon = tokens.start + __builtin_ctzll(colons);
            uint64_t before = tokens.string & below;
            const uint8_t *name = tokens.start + 64 - __builtin_clzll(before | 1);
            name = before != 0 ? name : opened + 1;
            const uint8_t *name_end = colon - 1;
            while (__builtin_expect(*name_end != '"', 0)) { name_end--; }
            // Whether it is a wanted one is asked by no branch, which would be foreseen badly.
            const auto *text = reinterpret_cast<const char *>(name);
            auto length = static_cast<size_t>(name_end - name);
            uint64_t start = Place::first_bytes(text, length);
            const auto &key = keys[chains[Place::chain(start, length)]];
            bool is_wanted = (key.start == start) & (key.length == length);
            member = is_wanted ? key.place : nullptr;
            if (__builtin_expect(has_escapes | ((key.next != 0) & !is_wanted) | (is_wanted & (length > 8)), 0)) {
                member = scanner.member(*frame.place, name, name_end, has_escapes);
                is_wanted = member != nullptr;
            }
            *found = {member, colon + 1, frame.serial};
            found += is_wanted;
        }
        pending = member;
        scanner.found_count = static_cast<size_t>(found - scanner.found.data());
    }

    void visit_elements(const Tokens &tokens, uint64_t part, hearth_json_scanner::Frame &frame) {
        uint64_t elements = tokens.first & (tokens.string | tokens.scalar | tokens.open) & part;
        pending = frame.place->each.get();
        for (; elements != 0; elements &= elements - 1) {
            scanner.found[scanner.found_count++] = {pending, tokens.start + __builtin_ctzll(elements), 0};
        }
    }
};

/// `strict`: what no path leads to is checked as well.
template <bool strict> class Scan {
public:
    Scan(hearth_json_scanner &scanner, const hearth_json_paths &paths, const uint8_t *bytes, size_t length)
        : bytes(bytes), end(bytes + length), finds(scanner, paths.root) {}

    hearth_json_status run() {
        const uint8_t *start = beyond_space(bytes);
        if (start == end) { return hearth_json_not_json; }
        if (*start != '{') { return hearth_json_not_an_object; }
        State state;
        for (; end - start >= 64; start += 64) {
            if (!visit(start, Block(start), state)) { return status; }
        }
        if (start < end) {
            uint8_t last[64];
            std::memset(last, ' ', sizeof last);
            std::memcpy(last, start, static_cast<size_t>(end - start));
            if (!visit(start, Block(last), state)) { return status; }
        }
        if (state.within != 0 || state.depth != 0) { return hearth_json_not_json; }
        if (!is_ascii && !simdjson::validate_utf8(reinterpret_cast<const char *>(bytes), static_cast<size_t>(end - bytes))) {
            return hearth_json_not_utf8;
        }
        return keep();
    }

private:
    /// Between two blocks.
    struct State {
        /// All ones within a string.
        uint64_t within = 0;
        uint64_t last_is_scalar = 0;
        /// A string that may be a name goes on.
        uint64_t name_goes_on = 0;
        uint64_t last_escapes = 0;
        Following firsts, separators{1}, names;
        /// One bit an object or array that is open, set for an object, the innermost one lowest.
        uint64_t objects = 0;
        uint32_t depth = 0;
        /// How deep paths lead.
        uint32_t followed = 0;
    };

    const uint8_t *const bytes;
    const uint8_t *const end;
    Finds finds;
    const uint8_t *escape_end = nullptr;
    bool is_ascii = true;
    hearth_json_status status = hearth_json_not_json;

    /// Reads what was found.
    hearth_json_status keep() {
        auto &scanner = finds.scanner;
        for (size_t i = 0; i < scanner.found_count; i++) {
            const auto &found = scanner.found[i];
            const Place &place = *found.place;
            if (found.serial != 0) {
                if (scanner.marks[place.number] == found.serial) { return hearth_json_repeated_name; }
                scanner.marks[place.number] = found.serial;
            }
            if (place.path < 0) { continue; }
            const uint8_t *value = beyond_space(found.value);
            if (value == end) { return hearth_json_not_json; }
            hearth_json_status kept = hearth_json_ok;
            switch (*value) {
            case '{': scanner.keep(place, hearth_json_object); break;
            case '[': scanner.keep(place, hearth_json_array); break;
            case '"': {
                const uint8_t *quote = string_end(value + 1, end);
                if (quote == nullptr) { return hearth_json_not_json; }
                kept = scanner.keep_string(place, value + 1, quote, finds.has_escapes);
                break;
            }
            default: kept = scanner.keep_scalar(place, value, end);
            }
            if (kept != hearth_json_ok) { return kept; }
        }
        return hearth_json_ok;
    }

    bool fail(hearth_json_status why) {
        status = why;
        return false;
    }

    const uint8_t *beyond_space(const uint8_t *text) const {
        while (text < end && (*text == ' ' || *text == '\t' || *text == '\n' || *text == '\r')) { text++; }
        return text;
    }

    /// The backslashes that begin an escape. False where one does not.
    __attribute__((noinline)) bool escaping(const uint8_t *block, uint64_t backslash, uint64_t &result) {
        finds.has_escapes |= backslash != 0;
        for (; backslash != 0; backslash &= backslash - 1) {
            int bit = __builtin_ctzll(backslash);
            const uint8_t *place = block + bit;
            if (place < escape_end) { continue; }
            hearth_json::Escape escape(place, end);
            if (escape.length == 0) { return false; }
            escape_end = place + escape.length;
            result |= uint64_t(1) << bit;
        }
        return true;
    }

    __attribute__((noinline)) hearth_json_status check_scalars(const uint8_t *start, uint64_t scalars) {
        for (; scalars != 0; scalars &= scalars - 1) {
            hearth_json::Scalar scalar(start + __builtin_ctzll(scalars), end);
            if (scalar.status != hearth_json_ok) { return scalar.status; }
        }
        return hearth_json_ok;
    }

    HEARTH_JSON_INLINE bool visit(const uint8_t *start, Block block, State &state) {
        uint64_t quote = block.equal('"');
        uint64_t space = block.equal(' ');
        uint64_t control = 0;
        if ((block.special() | state.last_escapes) != 0) {
            uint64_t escapes = 0;
            if (!escaping(start, block.equal('\\'), escapes)) { return fail(hearth_json_not_json); }
            quote &= ~(escapes << 1 | state.last_escapes);
            state.last_escapes = escapes >> 63;
            is_ascii &= block.high() == 0;
            control = block.control();
            space |= block.equal('\t') | block.equal('\n') | block.equal('\r');
        }
        uint64_t strings = prefix_xor(quote) ^ state.within;
        state.within = static_cast<uint64_t>(static_cast<int64_t>(strings) >> 63);
        if ((control & (strings | ~space)) != 0) { return fail(hearth_json_not_json); }

        Tokens tokens;
        tokens.start = start;
        tokens.open = block.opening() & ~strings;
        tokens.close = block.closing() & ~strings;
        uint64_t brackets = tokens.open | tokens.close;
        // All of it is within something that no path leads into.
        uint32_t unfollowed = state.depth - state.followed;
        bool is_followed = static_cast<uint32_t>(__builtin_popcountll(tokens.close)) >= unfollowed;
        if (!strict && !is_followed) {
            state.depth += static_cast<uint32_t>(__builtin_popcountll(tokens.open) - __builtin_popcountll(tokens.close));
            return true;
        }
        tokens.comma = block.equal(',') & ~strings;
        tokens.colon = block.equal(':') & ~strings;
        tokens.string = quote & strings;
        tokens.ending = quote & ~strings;
        uint64_t separators = tokens.comma | tokens.colon;
        space &= ~strings;
        uint64_t scalars = ~(strings | brackets | separators | quote | space);
        tokens.scalar = scalars & ~(scalars << 1 | state.last_is_scalar);
        state.last_is_scalar = scalars >> 63;

        tokens.first = state.firsts.after(tokens.open | tokens.comma, space);
        uint64_t after_separator = state.separators.after(separators, space);
        // A string that is first may be a name. Added to the strings, its beginning runs to its end.
        uint64_t sum;
        bool one = __builtin_add_overflow(strings, tokens.string & tokens.first, &sum);
        bool two = __builtin_add_overflow(sum, state.name_goes_on, &sum);
        state.name_goes_on = one | two;
        uint64_t after_name = state.names.after(sum & tokens.ending, space);

        // Every token but the first follows just one: where all that may not follow a bracket, a comma, a colon or a name is
        // ruled out, the rest is right.
        uint64_t begins = tokens.string | tokens.scalar | tokens.open;
        uint64_t expects_value = tokens.first | after_separator;
        uint64_t wrong = (begins & ~expects_value) | (separators & expects_value) | (tokens.close & after_separator)
            | (tokens.colon & ~after_name);
        tokens.array = (after_name & ~tokens.colon) | (tokens.first & (tokens.scalar | tokens.open));
        if (strict) {
            if (wrong != 0) { return fail(hearth_json_not_json); }
            if (tokens.scalar != 0) {
                auto checked = check_scalars(start, tokens.scalar);
                if (checked != hearth_json_ok) { return fail(checked); }
            }
        }

        // What is between two brackets is in one object or array.
        finds.scanner.make_room();
        uint64_t done = 0;
        uint64_t bad = 0;
        uint32_t depths = 0;
        if (strict && !is_followed) {
            while (brackets != 0) {
                uint64_t until = brackets ^ (brackets - 1);
                uint64_t bit = until & brackets;
                bad |= (state.objects & 1 ? tokens.array : tokens.colon) & until & ~done;
                done = until;
                brackets ^= bit;
                uint64_t is_object = start[__builtin_ctzll(bit)] >> 5 & 1;
                if ((tokens.open & bit) != 0) {
                    state.objects = state.objects << 1 | is_object;
                    state.depth++;
                    depths |= state.depth;
                } else {
                    bad |= (state.objects ^ is_object) & 1;
                    state.objects >>= 1;
                    state.depth--;
                }
            }
            bad |= (state.objects & 1 ? tokens.array : tokens.colon) & ~done;
        } else {
            while (true) {
                uint64_t until = brackets ^ (brackets - 1);
                uint64_t bit = until & brackets;
                uint64_t part = until & ~done;
                if (strict) { bad |= (state.objects & 1 ? tokens.array : tokens.colon) & part; }
                if (state.depth == state.followed && state.depth != 0) {
                    if (!strict) {
                        bool is_object = finds.scanner.frames[state.depth].is_object;
                        bad |= (wrong | (is_object ? tokens.array : tokens.colon)) & part;
                    }
                    if (bad != 0) { return fail(hearth_json_not_json); }
                    finds.visit(tokens, part, state.depth);
                }
                if (bit == 0) { break; }
                done = until;
                brackets ^= bit;
                uint64_t is_object = start[__builtin_ctzll(bit)] >> 5 & 1;
                if ((tokens.open & bit) != 0) {
                    if (state.depth == state.followed && finds.pending != nullptr) {
                        state.followed += finds.open(is_object, state.depth + 1);
                    }
                    state.objects = state.objects << 1 | is_object;
                    state.depth++;
                    depths |= state.depth;
                } else {
                    if (strict) { bad |= (state.objects ^ is_object) & 1; }
                    if (state.depth == state.followed) { state.followed--; }
                    state.objects >>= 1;
                    state.depth--;
                    // The last one: nothing may follow.
                    if (state.depth == 0 && beyond_space(start + __builtin_ctzll(bit) + 1) != end) {
                        return fail(hearth_json_not_json);
                    }
                }
            }
        }
        if (bad != 0) { return fail(hearth_json_not_json); }
        if (depths > hearth_json::maximum_depth) { return fail(hearth_json_too_deep); }
        if (tokens.string != 0) { finds.opened = start + 63 - __builtin_clzll(tokens.string); }
        return true;
    }
};
