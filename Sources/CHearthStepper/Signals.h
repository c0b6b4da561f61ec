// For the case that is stepped inside a signal handler.
#pragma once

#include <stdbool.h>

/// Called first in a handler that interrupted stepped code: tells the witness of the frame that the kernel made. The
/// handler itself then calls hearth_trap_on.
void hearth_step_enter_signal(void *context);
/// The budget is spent, or nothing is being stepped.
bool hearth_step_is_over(void);
