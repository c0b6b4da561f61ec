#pragma once
int hearth_sampler_placeholder(void);
