// Frames of all kinds that a C compiler makes, and calls through stubs.
#include <stdlib.h>
#include <string.h>

static int inner(int n) {
    volatile char room[64];
    room[n & 63] = n;
    return room[0] + n;
}

int outer(int n) { return n > 1 ? inner(n) + outer(n - 1) : abs(n); }

char *copy(const char *text) {
    char *room = malloc(strlen(text) + 1);
    return room ? strcpy(room, text) : 0;
}

int aligned(int n) {
    _Alignas(64) volatile char room[64];
    room[0] = n;
    return outer(room[0]);
}

int varying(int n) {
    volatile char room[n & 255];
    room[0] = n;
    return outer(room[0]);
}

int choose(int n) {
    switch (n) {
    case 0: return outer(5);
    case 1: return inner(n) * 3;
    case 2: return aligned(n);
    case 3: return varying(7);
    case 4: return (int)strlen("four") - n;
    default: return n;
    }
}
