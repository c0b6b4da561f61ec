internal import Foundation
internal import HearthLabels
package import HearthSampling

/// What each clock does to system calls that wait.
package enum InterruptedCalls {
    package enum Call: String, CaseIterable, Sendable {
        case read, poll, nanosleep, select, semaphore = "sem_timedwait"
    }

    /// Calls that answered EINTR, of how many, with one clock on: a thread that waits a millisecond and works a little between.
    package static func count(_ call: Call, _ configuration: SamplingConfiguration, seconds: Double) async throws -> (
        interrupted: Int, of: Int, counted: UInt64
    ) {
        let result = Outcome()
        let (_, sampled) = try await Truth.record(configuration) { labels in
            try await Truth.onThreads(labels, [{ result.set(waits(call, seconds: seconds)) }])
        }
        let (interrupted, all) = result.get()
        return (interrupted, all, sampled.statistics.interruptedCalls)
    }

    private final class Outcome: @unchecked Sendable {
        private let lock = NSLock()
        private var value = (0, 0)
        func set(_ new: (Int, Int)) { lock.withLock { value = new } }
        func get() -> (Int, Int) { lock.withLock { value } }
    }

    private static func waits(_ call: Call, seconds: Double) -> (Int, Int) {
        var descriptors: [Int32] = [0, 0]
        guard unsafe pipe(&descriptors) == 0 else { return (0, 0) }
        var semaphore = sem_t()
        unsafe sem_init(&semaphore, 0, 0)
        defer {
            close(descriptors[0])
            close(descriptors[1])
        }
        let end = Date().addingTimeInterval(seconds)
        var (interrupted, all) = (0, 0)
        while Date() < end {
            _ = Workload.burn(0.000_2)
            all += 1
            let failed: Bool
            switch call {
            case .read:
                // Answered from another thread, as a read is.
                let writer = descriptors[1]
                Thread {
                    usleep(1_000)
                    var byte: UInt8 = 1
                    _ = unsafe write(writer, &byte, 1)
                }.start()
                var byte: UInt8 = 0
                failed = unsafe Glibc.read(descriptors[0], &byte, 1) < 0
            case .poll:
                var waited = pollfd(fd: descriptors[0], events: Int16(POLLIN), revents: 0)
                failed = unsafe Glibc.poll(&waited, 1, 1) < 0
            case .nanosleep:
                var time = timespec(tv_sec: 0, tv_nsec: 1_000_000)
                failed = unsafe Glibc.nanosleep(&time, nil) < 0
            case .select:
                var time = timeval(tv_sec: 0, tv_usec: 1_000)
                failed = unsafe Glibc.select(0, nil, nil, nil, &time) < 0
            case .semaphore:
                var time = timespec()
                unsafe clock_gettime(CLOCK_REALTIME, &time)
                time.tv_nsec += 1_000_000
                if time.tv_nsec >= 1_000_000_000 {
                    time.tv_nsec -= 1_000_000_000
                    time.tv_sec += 1
                }
                // A time-out is what is waited for.
                failed = unsafe sem_timedwait(&semaphore, &time) < 0 && errno == EINTR
                if failed { interrupted += 1 }
                continue
            }
            if failed, errno == EINTR { interrupted += 1 }
        }
        return (interrupted, all)
    }
}
