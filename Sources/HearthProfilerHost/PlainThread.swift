internal import Glibc

/// A thread outside Swift's pool.
struct PlainThread: Sendable {
    private let thread: pthread_t

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    init(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(Body(body)).toOpaque()
        let code = unsafe pthread_create(
            &thread, nil,
            { context in
                unsafe Unmanaged<Body>.fromOpaque(context!).takeRetainedValue().run()
                return nil
            }, context)
        precondition(code == 0, "pthread_create: \(code)")
        self.thread = thread
    }

    func join() { pthread_join(thread, nil) }
}

/// Processors that this process may use.
let processorCount = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Uses CPU time of this thread.
@inline(never)
func burn(_ duration: Double) {
    let end = seconds(CLOCK_THREAD_CPUTIME_ID) + duration
    var state: UInt64 = 1
    repeat {
        for _ in 0..<500 { state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 }
    } while seconds(CLOCK_THREAD_CPUTIME_ID) < end
    precondition(state != 0)
}
