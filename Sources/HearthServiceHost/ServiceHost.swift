internal import Foundation
internal import Glibc
internal import Hearth
internal import HearthServer
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// A service as users write it: the profiler's one line, work, and an end by SIGTERM. What it does beyond that the variables of
/// the environment say.
@main
struct ServiceHost {
    static func main() async throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var configuration = Profiler.Configuration()
        configuration.hertz = 250
        configuration.costLimit = nil
        configuration.window = .seconds(1)
        let profiler = Profiler.startServing(service: "host", configuration: configuration)
        let idle = IdleThread()
        await profiler.ready()
        let group = ServiceGroup(
            services: [profiler, Worker(profiler: profiler)], gracefulShutdownSignals: [.sigterm],
            logger: Logger(label: "host"))
        try await group.run()
        idle.end()
        print("done \(profiler.statistics.samples) samples, \(profiler.work.total) units")
    }
}

/// Works for half of the time, and counts what it does.
struct Worker: Service {
    let profiler: Profiler

    func run() async throws {
        // Signals are waited for by now.
        print("ready \(profiler.isRunning)")
        fflush(nil)
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                searchDocuments(milliseconds: 10)
                profiler.work.increment()
                try? await Task.sleep(for: .milliseconds(10))
            }
        }
    }
}

/// Burns CPU time under a name that tests look for.
@inline(never)
func searchDocuments(milliseconds: Int) {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    let end = time.tv_sec * 1_000_000_000 + time.tv_nsec + milliseconds * 1_000_000
    var turns = 0
    repeat {
        for turn in 0..<1_000 { turns = turns &* 31 &+ turn }
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    } while time.tv_sec * 1_000_000_000 + time.tv_nsec < end || turns == 1
}

/// A thread that waits, with a name.
final class IdleThread: Sendable {
    private let ends: (read: Int32, write: Int32)

    init() {
        var pipe: [Int32] = [0, 0]
        unsafe Glibc.pipe(&pipe)
        let ends = (read: pipe[0], write: pipe[1])
        self.ends = ends
        Thread {
            // Foundation's own names do not reach the kernel.
            try? Data("idle-waiter".utf8).write(to: URL(fileURLWithPath: "/proc/thread-self/comm"))
            waitForTheEnd(ends.read)
        }.start()
    }

    func end() { close(ends.write) }
}

@inline(never)
func waitForTheEnd(_ descriptor: Int32) {
    var byte: UInt8 = 0
    unsafe read(descriptor, &byte, 1)
}
