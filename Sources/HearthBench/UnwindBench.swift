import CHearthSampler
import Foundation
import HearthSampling

/// What a walk costs, by each of the three ways, on the same live stacks: a signal stops the thread somewhere deep, and its
/// handler walks what it interrupted again and again.
struct UnwindBench {
    private static let ways: [(name: String, unwinder: hearth_unwinder)] = [
        ("hybrid", hearth_unwinder_hybrid), ("frame-pointers", hearth_unwinder_frame_pointers),
        ("libunwind", hearth_unwinder_libunwind),
    ]

    func run() async throws {
        guard hearth_libunwind_open() else {
            throw BenchFailure(reason: unsafe String(cString: hearth_libunwind_error()))
        }
        var modules = ModuleTable()
        modules.refresh()
        while modules.readCode() {}
        LiveStack.install()
        var stacks: [LiveStack.Measured] = []
        for depth in [1, 9, 33] {
            stacks.append(LiveStack.measure("swift.\(depth)") { DeepCalls.dive(depth) })
        }
        stacks.append(LiveStack.measure("libc") { DeepCalls.throughLibrary(6) })
        let box = StackBox()
        await DeepCalls.asyncDive(8) { box.stack = LiveStack.measure("async") { DeepCalls.dive(2) } }
        stacks += [box.stack].compactMap { $0 }
        report(stacks)
    }

    private func report(_ stacks: [LiveStack.Measured]) {
        for stack in stacks {
            let frames = Self.ways.indices.map { "\(stack.frames[$0])" }.joined(separator: ", ")
            let times = Self.ways.indices.map { String(format: "%.0f", stack.warm[$0].quantile(0.5)) }
            print(
                "# \(stack.name): \(frames) frames, \(times.joined(separator: ", ")) ns warm, by hybrid, frame pointers, libunwind"
            )
        }
        for (way, entry) in Self.ways.enumerated() {
            let frames = stacks.reduce(0) { $0 + Double($1.frames[way]) }
            for (suffix, times) in [("", stacks.map { $0.warm[way] }), (".cold", stacks.map { $0.cold[way] })] {
                // One round is one walk of every stack.
                let rounds = (0..<(times.map(\.count).min() ?? 0)).map { round in times.reduce(0) { $0 + $1[round] } }
                let perFrame = rounds.map { $0 / frames }.medianWithInterval
                let perStack = rounds.map { $0 / Double(stacks.count) }.medianWithInterval
                for (unit, figure) in [("frame", perFrame), ("stack", perStack)] {
                    let key = "unwind.\(entry.name).\(unit)\(suffix)"
                    printFigure(key, figure.median, "ns", digits: 1)
                    printFigure("\(key).low", figure.low, "ns", digits: 1)
                    printFigure("\(key).high", figure.high, "ns", digits: 1)
                }
            }
            printFigure("unwind.\(entry.name).frames", frames / Double(stacks.count), "frames", digits: 1)
        }
    }

    private final class StackBox: @unchecked Sendable {
        var stack: LiveStack.Measured?
    }
}

struct BenchFailure: Error, CustomStringConvertible {
    var reason: String
    var description: String { reason }
}

/// A stack that is walked while its thread stands in a signal handler.
enum LiveStack {
    /// By way of walking, in the order of `UnwindBench.ways`; times of one walk in nanoseconds.
    struct Measured {
        var name: String
        var frames: [Int] = []
        var warm: [[Double]] = [[], [], []]
        var cold: [[Double]] = [[], [], []]
    }

    private static let rounds = 400
    private static let walksARound = 20
    private static let coldRounds = 100
    /// Enough to drive the tables and the stack out of the first and second caches.
    private static let coldBytes = 16 << 20

    nonisolated(unsafe) private static var measured = Measured(name: "")
    nonisolated(unsafe) private static let walked = UnsafeMutablePointer<hearth_walked>.allocate(capacity: 1)
    nonisolated(unsafe) private static let other = UnsafeMutableRawPointer.allocate(byteCount: coldBytes, alignment: 64)

    static func install() {
        var action = sigaction()
        unsafe sigemptyset(&action.sa_mask)
        action.sa_flags = SA_SIGINFO
        unsafe action.__sigaction_handler.sa_sigaction = { _, _, context in unsafe LiveStack.walk(context!) }
        unsafe sigaction(SIGPROF, &action, nil)
        unsafe other.initializeMemory(as: UInt8.self, repeating: 1, count: coldBytes)
    }

    /// Calls `body`, which ends in `interrupt`.
    static func measure(_ name: String, _ body: () -> Int) -> Measured {
        unsafe measured = Measured(name: name)
        precondition(body() != 0)
        return unsafe measured
    }

    /// Where the stacks stand. The thread stops itself, so the handler may do what it likes. Threads of tasks block all
    /// other signals.
    @inline(never) static func interrupt() -> Int {
        raise(SIGPROF)
        return 1
    }

    private static func walk(_ context: UnsafeMutableRawPointer) {
        let high = hearth_own_stack_high()
        let unwinders = [hearth_unwinder_hybrid, hearth_unwinder_frame_pointers, hearth_unwinder_libunwind]
        for unwinder in unwinders {
            unsafe hearth_walk_from(unwinder, context, high, false, walked)
            unsafe measured.frames.append(Int(walked.pointee.count))
        }
        for _ in 0..<rounds {
            for (way, unwinder) in unwinders.enumerated() {
                let start = DispatchTime.now().uptimeNanoseconds
                for _ in 0..<walksARound { unsafe hearth_walk_from(unwinder, context, high, false, walked) }
                let time = Double(DispatchTime.now().uptimeNanoseconds - start) / Double(walksARound)
                unsafe measured.warm[way].append(time)
            }
        }
        let clock = clockCost()
        for _ in 0..<coldRounds {
            for (way, unwinder) in unwinders.enumerated() {
                for offset in stride(from: 0, to: coldBytes, by: 64) {
                    let value = unsafe other.load(fromByteOffset: offset, as: UInt8.self)
                    unsafe other.storeBytes(of: value &+ 1, toByteOffset: offset, as: UInt8.self)
                }
                let start = DispatchTime.now().uptimeNanoseconds
                unsafe hearth_walk_from(unwinder, context, high, false, walked)
                let time = Double(DispatchTime.now().uptimeNanoseconds - start)
                unsafe measured.cold[way].append(max(0, time - clock))
            }
        }
    }

    private static func clockCost() -> Double {
        (0..<200).map { _ in
            let start = DispatchTime.now().uptimeNanoseconds
            return Double(DispatchTime.now().uptimeNanoseconds - start)
        }.quantile(0.5)
    }
}

/// Ways to stand deep in calls of several kinds.
enum DeepCalls {
    /// Two frames a level at least: closures, the standard library's functions, recursion.
    @_optimize(none) @inline(never) static func dive(_ depth: Int) -> Int {
        if depth == 0 { return LiveStack.interrupt() }
        switch depth % 4 {
        case 0: return [depth].map { dive($0 - 1) }[0]
        case 1: return plain(depth) + 1
        case 2: return unsafe [depth].withUnsafeBufferPointer { unsafe plain($0[0]) }
        default: return generic(depth) ?? 1
        }
    }

    @_optimize(none) @inline(never) private static func plain(_ depth: Int) -> Int { dive(depth - 1) }

    @_optimize(none) @inline(never) private static func generic<Value: BinaryInteger>(_ depth: Value) -> Int? {
        dive(Int(depth) - 1)
    }

    nonisolated(unsafe) private static var depthBelow = 0

    /// A comparison called back by libc's `qsort`, stopped there.
    @_optimize(none) @inline(never) static func throughLibrary(_ depth: Int) -> Int {
        unsafe depthBelow = depth
        var values = [2, 1]
        unsafe qsort(&values, 2, 8) { _, _ in Int32(truncatingIfNeeded: unsafe DeepCalls.dive(DeepCalls.depthBelow)) }
        return 1
    }

    /// As many awaiting functions.
    @inline(never) static func asyncDive(_ depth: Int, _ body: @Sendable () -> Void) async {
        if depth == 0 {
            body()
        } else {
            await asyncDive(depth - 1, body)
        }
        await Task.yield()
    }
}
