#include "CSimdjson.h"
extern "C" int hearth_json_placeholder(void) { return 0; }
