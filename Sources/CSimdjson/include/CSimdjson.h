// The wanted paths of a JSON document in one pass, by simdjson, behind a C face. No exception leaves it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// One step of a path: a member of an object, or (`each`) every element of an array.
typedef struct hearth_json_segment {
    const char *key;
    size_t length;
    bool each;
} hearth_json_segment;

typedef enum hearth_json_kind {
    hearth_json_null,
    hearth_json_bool,
    /// Fits in 64 bits with sign: `integer` holds it, `number` the nearest double.
    hearth_json_integer,
    hearth_json_number,
    hearth_json_string,
    /// Met where a path ends; what is inside is given for longer paths only.
    hearth_json_array,
    hearth_json_object,
} hearth_json_kind;

typedef struct hearth_json_value {
    /// The path that it stands at.
    uint32_t path;
    hearth_json_kind kind;
    /// A string's bytes, not terminated by zero: in the document where they stand there as they are, or in the scanner's memory.
    const uint8_t *text;
    size_t length;
    /// A bool is 0 or 1.
    int64_t integer;
    double number;
} hearth_json_value;

typedef enum hearth_json_status {
    hearth_json_ok,
    hearth_json_not_json,
    hearth_json_not_utf8,
    /// A number that fits neither 64 bits nor a finite double.
    hearth_json_number_out_of_range,
    hearth_json_too_deep,
    hearth_json_not_an_object,
    hearth_json_no_memory,
    /// A member that a path leads through comes twice in one object. What it gave the first time cannot be taken back.
    hearth_json_repeated_name,
} hearth_json_status;

typedef struct hearth_json_paths hearth_json_paths;
typedef struct hearth_json_scanner hearth_json_scanner;

/// An empty set of paths; null when there is no memory. Once built it is only read, and may serve many threads.
hearth_json_paths *hearth_json_paths_create(void);
void hearth_json_paths_destroy(hearth_json_paths *paths);
/// Adds a path and gives its number: 0, 1, 2…; that of before for a path already there; -1 for no memory or no segments.
int32_t hearth_json_paths_add(hearth_json_paths *paths, const hearth_json_segment *segments, size_t count);

/// For one thread at a time. Null when there is no memory.
hearth_json_scanner *hearth_json_scanner_create(void);
void hearth_json_scanner_destroy(hearth_json_scanner *scanner);

/// Bytes that must be readable, with any content, after a document.
size_t hearth_json_padding(void);

/// Goes through one document and keeps what stands at the paths, in the order of the document.
///
/// `strict` checks the whole document; without it, what no path leads to is skipped unchecked. The values last until the next scan,
/// the bytes of their strings as long as the document and the scanner do.
hearth_json_status hearth_json_scan(
    hearth_json_scanner *scanner, const hearth_json_paths *paths, const uint8_t *bytes, size_t length, bool strict);
size_t hearth_json_value_count(const hearth_json_scanner *scanner);
const hearth_json_value *hearth_json_values(const hearth_json_scanner *scanner);

#ifdef __cplusplus
}
#endif
