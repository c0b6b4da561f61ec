#include "CSimdjson.h"
int hearth_json_placeholder(void) { return 0; }
