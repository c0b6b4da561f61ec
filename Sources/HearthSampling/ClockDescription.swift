internal import CHearthSampler
internal import Glibc

/// Which clock runs, and why, in words: for the profile and the log.
enum ClockDescription {
    static func text(_ configuration: SamplingConfiguration, _ choice: hearth_clock_choice) -> String {
        var parts: [String] = []
        if configuration.times.contains(.cpu) { parts.append(cpu(configuration, choice)) }
        if configuration.times.contains(.wall) {
            parts.append("wall clock: signals to threads that have run since their last stack")
        }
        return parts.joined(separator: "; ")
    }

    private static func cpu(_ configuration: SamplingConfiguration, _ choice: hearth_clock_choice) -> String {
        let tickHertz = choice.tick_ns > 0 ? 1_000_000_000 / choice.tick_ns : 0
        let isAboveTick = UInt64(configuration.period) < choice.tick_ns
        if choice.clock == hearth_clock_perf {
            let reason =
                configuration.clock == .perf
                ? "asked for" : "the rate is above the kernel's \(tickHertz) ticks a second"
            let kernel =
                choice.excludes_kernel
                ? "; the kernel grants no shots inside system calls here: their time is counted at the next instruction of the program"
                : ""
            return "CPU time by perf events of each thread (\(reason)\(kernel))"
        }
        let reason: String
        if configuration.clock == .timer {
            reason = "asked for"
        } else if choice.perf_error != 0 {
            reason = "the kernel refuses perf events, error \(choice.perf_error)"
        } else {
            reason = "the kernel's ticks are fast enough, and perf events would slow down every switch of threads"
        }
        let weight = isAboveTick ? "; \(tickHertz) ticks a second, so samples stand for several periods" : ""
        return "CPU time by timers of each thread (\(reason)\(weight))"
    }
}
