#pragma once
int hearth_json_placeholder(void);
