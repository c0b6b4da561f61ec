// A host that treats the sampler badly, one way a run: `HearthSamplerHost MODE [DOSE]`. It ends with 0 and a line of what
// it saw, or with the signal or the alarm that shows the damage. Run by Tests/ChaosTests.
#include "Host.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **arguments) {
    static const struct {
        const char *name;
        int (*run)(void);
    } modes[] = {
        {"sigterm", waits_for_sigterm},
        {"siglongjmp", jumps_out_of_handlers},
        {"altstack", uses_a_small_alternative_stack},
        {"blocked", blocks_the_signal},
        {"blocked-a-while", blocks_the_signal_for_a_while},
        {"blocked-for-good", blocks_the_signal_for_good},
        {"handler", had_a_handler},
        {"chained", is_chained_over},
        {"interval-timer", has_an_interval_timer},
        {"own-timers", has_timers_of_its_own},
        {"fork", forks},
        {"fork-prepare", forks_beside_a_prepare_handler},
        {"exec", executes},
        {"spawn", spawns},
        {"executed", was_executed},
        {"threads", makes_ten_thousand_threads},
        {"small-stacks", has_two_thousand_small_stacks},
        {"stop-start", stops_and_starts},
        {"deep", recurses_deeply},
        {"overflow", overflows_its_stack},
        {"no-room", has_no_room},
        {"painted", paints_its_stack},
        {"module-tables", replaces_module_tables},
        {"exceptions", throws_exceptions},
    };
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (count < 2) {
        fprintf(stderr, "name a mode\n");
        return 2;
    }
    host_program = arguments[0];
    host_arguments = arguments + 2;
    if (strcmp(arguments[1], "executed") != 0) {
        // A program started from a pool thread inherits a mask that blocks nearly everything.
        sigset_t none;
        sigemptyset(&none);
        pthread_sigmask(SIG_SETMASK, &none, NULL);
        if (count > 2) host_dose = atoi(arguments[2]);
    }
    // What hangs ends by SIGALRM.
    alarm((unsigned)(120 * host_dose));
    for (size_t index = 0; index < sizeof modes / sizeof *modes; index++) {
        if (strcmp(arguments[1], modes[index].name) == 0) return modes[index].run();
    }
    fprintf(stderr, "no mode %s\n", arguments[1]);
    return 2;
}
