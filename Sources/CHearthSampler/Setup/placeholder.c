#include "CHearthSampler.h"
int hearth_sampler_placeholder(void) { return 0; }
