import Foundation

/// What the kernel takes to deliver a signal to a handler that does nothing, and to return from it.
enum SignalDelivery {
    static let nanoseconds: Double = {
        var action = sigaction()
        unsafe sigemptyset(&action.sa_mask)
        unsafe action.__sigaction_handler.sa_handler = { _ in }
        unsafe sigaction(SIGUSR2, &action, nil)
        let thread = pthread_self()
        var times: [Double] = []
        for _ in 0..<20 {
            let start = DispatchTime.now().uptimeNanoseconds
            for _ in 0..<2_000 { pthread_kill(thread, SIGUSR2) }
            times.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 2_000)
        }
        return times.quantile(0.5)
    }()
}
