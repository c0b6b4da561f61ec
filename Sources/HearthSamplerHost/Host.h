// What the modes of the host share. Each mode is a function that returns 0 when the host came to no harm.
#pragma once

#include "CHearthSampler.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/// How many times as long as in CI; 1 unless the second argument says more.
extern int host_dose;
/// The arguments behind the mode, and this program's own file.
extern char **host_arguments;
extern const char *host_program;

/// Starts the sampler with a drain thread that counts, and waits for nothing.
void host_start(uint64_t hertz);
void host_start_with(uint64_t hertz, enum hearth_unwinder unwinder);
/// Stops it, and takes what was left in the ring. Another start is possible.
void host_stop(void);

/// Samples that came out of the ring since the process began, the CPU time they stand for, and what was counted as lost.
uint64_t host_drained(void);
double host_sampled_seconds(void);
double host_lost_seconds(void);
/// Called by the drain thread for each sample, when set.
void host_look_at_samples(void (*look)(const struct hearth_sample *));

double host_thread_seconds(void);
double host_process_seconds(void);
/// Uses CPU time of the calling thread.
void host_burn(double seconds);
/// The same for pthread_create; `seconds` is a pointer to a double.
void *host_burn_thread(void *seconds);

/// Burns until `wanted` samples were drained in all; the alarm ends a wait that is in vain.
void host_expect_samples(uint64_t wanted);
/// Whether every handler that began has come to its end: a module table can be given back only then. A handler that was
/// left by a jump is missed for ever.
bool host_handlers_have_ended(void);
/// Whether sampled and lost time together are what was used, to a fifth and ten samples. Prints both.
bool host_accounts_for(double seconds, double period);

// Signals.c
int waits_for_sigterm(void);
int jumps_out_of_handlers(void);
int uses_a_small_alternative_stack(void);
int blocks_the_signal(void);
int blocks_the_signal_for_a_while(void);
int blocks_the_signal_for_good(void);

// OtherProfilers.c
int had_a_handler(void);
int is_chained_over(void);
int has_an_interval_timer(void);
int has_timers_of_its_own(void);

// Processes.c
int forks(void);
int forks_beside_a_prepare_handler(void);
int executes(void);
int spawns(void);
int was_executed(void);

// Threads.c
int makes_ten_thousand_threads(void);
int has_two_thousand_small_stacks(void);
int stops_and_starts(void);

// Stacks.c
int recurses_deeply(void);
int overflows_its_stack(void);
int has_no_room(void);
int paints_its_stack(void);

// Modules.c
int replaces_module_tables(void);

// Exceptions.cpp
int throws_exceptions(void);

#ifdef __cplusplus
}
#endif
