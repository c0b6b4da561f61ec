import Foundation
import Hearth
import HearthSampling
import HearthSymbols
import HearthTruths
import Synchronization
import Testing

extension SamplerTests {
    /// The wall clock: where threads run and where they wait.
    @Suite(.serialized) struct WallClockTests {
        private func record(
            _ times: SampledTime = .wall, wallHertz: Int = 100, _ body: @escaping @Sendable () -> Void
        ) async throws -> (stacks: SampledStacks, result: Sampler.Result) {
            let sampler = try Sampler.start(.init(hertz: 250, times: times, wallHertz: wallHertz, costLimit: nil))
            await sampler.ready()
            let labels = ProfilingLabels(["suite": "wall"])
            let thread = Thread { withProfilingLabels(labels) { body() } }
            thread.start()
            while !thread.isFinished { try await Task.sleep(for: .milliseconds(20)) }
            let result = await sampler.stop()
            let named = Symbolizer().symbolize(result.profile).hidingThunks()
            return (SampledStacks(named, labels: ["suite": "wall"]), result)
        }

        /// A third of the time each: on the processor, asleep, waiting for a lock.
        @Test func runningSleepingAndWaitingAreToldApart() async throws {
            let turns = 20
            let spans = Mutex<(burn: Double, sleep: Double, lock: Double)>((0, 0, 0))
            let (stacks, result) = try await record { [turns] in
                let holder = LockHolder()
                for _ in 0..<turns {
                    // What each really took: the machine may be busy with other things.
                    let times = WallWorkload.turn(holder)
                    spans.withLock {
                        $0.burn += times.burn
                        $0.sleep += times.sleep
                        $0.lock += times.lock
                    }
                }
                holder.end()
            }
            let truth = spans.withLock { $0 }
            for (name, seconds, state) in [
                ("burnBriefly", truth.burn, "running"), ("sleepBriefly", truth.sleep, "waiting"),
                ("waitForLock", truth.lock, "waiting"),
            ] {
                let entries = stacks.entries.filter { $0.names.contains { $0.contains(name) } }
                let sampled = entries.reduce(0) { $0 + Double($1.nanoseconds) } * 1e-9
                // 100 looks a second, each for the time since the one before; fewer and longer on a machine that is busy.
                let tolerance = 0.25 * seconds + 0.1
                #expect(abs(sampled - seconds) < tolerance, "\(name): sampled \(sampled) s of \(seconds) s")
                let inState = entries.filter { $0.labels["state"] == state }.reduce(0) { $0 + Double($1.nanoseconds) }
                #expect(inState * 1e-9 > 0.85 * sampled, "\(name): \(inState * 1e-9) s of \(sampled) s are \(state)")
            }
            #expect(result.profile.sampleTypes == [.samples, .wall])
            #expect(result.profile.attributes["clock"]?.contains("wall clock") == true)
        }

        /// One long wait is met once: after that the thread has not run, and its stack gets the time.
        @Test func aThreadThatWaitsIsLeftAlone() async throws {
            let (stacks, result) = try await record { _ = WallWorkload.waitOnce(seconds: 2) }
            let entries = stacks.entries.filter { $0.names.contains { $0.contains("waitOnce") } }
            let seconds = entries.reduce(0) { $0 + Double($1.nanoseconds) } * 1e-9
            #expect(abs(seconds - 2) < 0.25, "\(seconds) s of 2 s")
            let samples = entries.reduce(0) { $0 + $1.samples }
            #expect(samples >= 1 && samples <= 10, "\(samples) signals for 200 looks")
            #expect(result.statistics.interruptedCalls <= result.statistics.samples)
        }

        /// A function without an unwind table and without a frame pointer, that waits: its caller is there.
        @Test func callersOfFunctionsWithoutUnwindTables() async throws {
            // Their code is read while sampling runs, and the tables are kept for the next start.
            let first = try Sampler.start(.init())
            repeat {
                try await Task.sleep(for: .milliseconds(100))
            } while first.statistics.unreadFiles > 0
                || first.statistics.tableBytes == 0
            _ = await first.stop()
            let (stacks, _) = try await record { _ = WallWorkload.waitForSemaphore(seconds: 0.5) }
            let entries = stacks.entries.filter { $0.names.contains { $0.contains("DispatchSemaphore.wait") } }
            #expect(!entries.isEmpty)
            for entry in entries {
                #expect(entry.names.contains { $0.contains("waitForSemaphore") }, "\(entry.names)")
            }
        }

        @Test func bothClocksTogether() async throws {
            let (stacks, result) = try await record([.cpu, .wall], wallHertz: 50) {
                _ = Workload.heavyWork(seconds: 0.6)
                _ = WallWorkload.waitOnce(seconds: 0.6)
            }
            #expect(result.profile.sampleTypes == [.samples, .cpu, .wall])
            let cpu = stacks.nanoseconds(through: "heavyWork", column: 1) * 1e-9
            let wall = stacks.nanoseconds(through: "heavyWork", column: 2) * 1e-9
            let waited = stacks.nanoseconds(through: "waitOnce", column: 2) * 1e-9
            #expect(abs(cpu - 0.6) < 0.1, "\(cpu) s of CPU time")
            #expect(wall > 0.5, "\(wall) s of wall time in work that takes 0.6 s")
            #expect(abs(waited - 0.6) < 0.12, "\(waited) s of 0.6 s waited")
            #expect(stacks.nanoseconds(through: "waitOnce", column: 1) * 1e-9 < 0.05)
        }

        @Test func refusesRatesAndNothing() {
            #expect(throws: SamplingError.wallRateOutOfRange(0)) {
                try Sampler.start(.init(times: .wall, wallHertz: 0))
            }
            #expect(throws: SamplingError.nothingToSample) { try Sampler.start(.init(times: [])) }
        }
    }
}

/// Work whose time on the clock is known.
enum WallWorkload {
    private static func seconds() -> Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }

    static func turn(_ holder: LockHolder) -> (burn: Double, sleep: Double, lock: Double) {
        let start = seconds()
        _ = burnBriefly(0.03)
        let burnt = seconds()
        _ = sleepBriefly(0.03)
        let slept = seconds()
        _ = waitForLock(holder)
        return (burnt - start, slept - burnt, seconds() - slept)
    }

    @inline(never) static func burnBriefly(_ seconds: Double) -> UInt64 { Workload.burn(seconds) &+ 1 }

    @inline(never) static func sleepBriefly(_ duration: Double) -> Int {
        let end = seconds() + duration
        // A wait that a signal ends is gone on with, as hosts do.
        while seconds() < end { usleep(UInt32(max((end - seconds()) * 1e6, 1))) }
        return 1
    }

    @inline(never) static func waitForLock(_ holder: LockHolder) -> Int {
        holder.wait()
        return 1
    }

    @inline(never) static func waitForSemaphore(seconds: Double) -> Int {
        DispatchSemaphore(value: 0).wait(timeout: .now() + seconds) == .timedOut ? 1 : 0
    }

    /// One call that waits: a read that is answered after a time.
    @inline(never) static func waitOnce(seconds: Double) -> Int {
        let pipe = Pipe()
        Thread {
            _ = sleepBriefly(seconds)
            pipe.fileHandleForWriting.write(Data([1]))
        }.start()
        var byte: UInt8 = 0
        return unsafe read(pipe.fileHandleForReading.fileDescriptor, &byte, 1) &+ 1
    }
}

/// Another thread that holds a mutex for 30 ms whenever it is waited for.
final class LockHolder: Sendable {
    private let mutex = NSLock()
    private let asked = DispatchSemaphore(value: 0)
    private let held = DispatchSemaphore(value: 0)
    private let over = Atomic<Bool>(false)

    init() {
        Thread { [self] in
            while true {
                asked.wait()
                if over.load(ordering: .relaxed) { return }
                mutex.withLock {
                    held.signal()
                    _ = WallWorkload.sleepBriefly(0.03)
                }
            }
        }.start()
    }

    func wait() {
        asked.signal()
        held.wait()
        mutex.withLock {}
    }

    func end() {
        over.store(true, ordering: .relaxed)
        asked.signal()
    }
}
