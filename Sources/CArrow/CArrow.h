// The three structures of Apache Arrow's C data and C stream interfaces. Their members, and the names of the guards, are fixed:
// code that was compiled elsewhere reads them, and another copy of this header may stand in the same translation unit.
//
// A structure belongs to whoever holds it, may be moved (copied, and the source's `release` cleared), and is given back by one
// call of `release`, which clears it. What it points to is its maker's.

#include <stdint.h>

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

// Of which type a column is.
struct ArrowSchema {
    const char *format;    // the type in a few letters
    const char *name;      // may be null
    const char *metadata;  // pairs of keys and values behind their lengths; null for none
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;  // of which type the values are, where the column holds indexes; null elsewhere

    void (*release)(struct ArrowSchema *);  // null once it was given back
    void *private_data;
};

// The items of a column.
struct ArrowArray {
    int64_t length;
    int64_t null_count;  // -1: not counted
    int64_t offset;      // items to leave out at the beginning of each buffer
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;  // validity first, where the type has one; how large each is follows from type, offset and length
    struct ArrowArray **children;
    struct ArrowArray *dictionary;

    void (*release)(struct ArrowArray *);
    void *private_data;
};

#endif  // ARROW_C_DATA_INTERFACE

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

// Arrays of one type, one after the other. Not for several threads at once.
struct ArrowArrayStream {
    // Both give 0, or an errno; the structure that they fill lives on by itself. An array without `release` is the end.
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    // In words, what the last call failed for; may be null, and is valid until the next call.
    const char *(*get_last_error)(struct ArrowArrayStream *);

    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

#endif  // ARROW_C_STREAM_INTERFACE
