/// Why sampling did not start.
public enum SamplingError: Error, Hashable, CustomStringConvertible, Sendable {
    case rateOutOfRange(Int)
    case wallRateOutOfRange(Int)
    /// Neither CPU time nor the wall clock was asked for.
    case nothingToSample
    /// Another sampler of this process is running; there is one signal and one handler.
    case alreadyRunning
    case noMemory
    case signalRefused
    /// A handler of SIGPROF was put over ours since the last start; it may pass signals on to us, so it stays.
    case foreignHandler
    case libunwindMissing(String)
    /// The kernel refuses perf events, with its error number.
    case perfRefused(Int32)
    /// The system's error number for Hearth's own thread.
    case threadRefused(Int32)

    public var description: String {
        switch self {
        case .rateOutOfRange(let hertz): "rate \(hertz) is outside 1…4000 samples a second"
        case .wallRateOutOfRange(let hertz): "wall clock rate \(hertz) is outside 1…1000 samples a second"
        case .nothingToSample: "neither CPU time nor the wall clock is to be sampled; ask for .cpu, .wall or both"
        case .alreadyRunning: "a profiler is already running in this process"
        case .noMemory: "no memory for the sample ring"
        case .signalRefused: "the system refused a handler for SIGPROF"
        case .foreignHandler: "another library has put its own handler of SIGPROF over Hearth's"
        case .libunwindMissing(let reason): "unwinder libunwind is not there (\(reason)); install libunwind8"
        case .perfRefused(let code):
            "the kernel refuses perf events (error \(code)); use clock .timer, or allow them by kernel.perf_event_paranoid"
        case .threadRefused(let code): "the system refused a thread (error \(code))"
        }
    }
}
