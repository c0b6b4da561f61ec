internal import Dispatch
internal import Glibc
internal import Synchronization

/// One thread that does what it is given, one after the other. Thread-safe.
///
/// A dispatch queue would do it on a new one of its threads now and then, and in each of them the allocator keeps what the largest
/// window once took. The thread is made when there is something to do first, and ends with this object.
final class WorkerThread: Sendable {
    /// What the thread and its owner share.
    private final class Mailbox: Sendable {
        struct State {
            var jobs: [@Sendable () -> Void] = []
            var isStarted = false
        }
        let name: String
        let state = Mutex(State())
        /// Signalled for each job, and once at the end.
        let arrivals = DispatchSemaphore(value: 0)

        init(_ name: String) { self.name = name }

        /// By the kernel's file: the function for it is not among those that Swift sees.
        private func nameThread() {
            let file = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
            guard file >= 0 else { return }
            unsafe write(file, name, name.utf8.count)
            close(file)
        }

        func run() {
            nameThread()
            while true {
                arrivals.wait()
                let job = state.withLock { state in state.jobs.isEmpty ? nil : state.jobs.removeFirst() }
                guard let job else { return }
                job()
            }
        }
    }

    private let mailbox: Mailbox
    /// For when there can be no more threads.
    private let substitute: DispatchQueue

    /// - Parameter name: of the thread, as tools show it; 15 bytes at most.
    init(_ name: String) {
        mailbox = Mailbox(name)
        substitute = DispatchQueue(label: name, qos: .utility)
    }

    /// What was given before is done all the same.
    deinit { mailbox.arrivals.signal() }

    /// Does `job` soon. Returns at once.
    func async(_ job: @escaping @Sendable () -> Void) {
        let isThere = mailbox.state.withLock { state in
            if !state.isStarted { state.isStarted = Self.start(mailbox) }
            if state.isStarted { state.jobs.append(job) }
            return state.isStarted
        }
        if isThere { mailbox.arrivals.signal() } else { substitute.async(execute: job) }
    }

    private static func start(_ mailbox: Mailbox) -> Bool {
        // The host's signals are the host's threads' business; only a sample may be taken of this one.
        var blocked = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&blocked)
        for signal in [SIGPROF, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT] {
            unsafe sigdelset(&blocked, signal)
        }
        unsafe pthread_sigmask(SIG_SETMASK, &blocked, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let owned = unsafe Unmanaged.passRetained(mailbox)
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let mailbox = unsafe Unmanaged<Mailbox>.fromOpaque(argument).takeRetainedValue()
                mailbox.run()
                return nil
            }, owned.toOpaque())
        if code != 0 { unsafe owned.release() }
        return code == 0
    }
}
