#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The system's error numbers that are told apart here.
enum SystemCode {
    static let refused = ECONNREFUSED
    static let noFile = ENOENT
    static let reset = ECONNRESET
    static let brokenPipe = EPIPE
    static let timedOut = ETIMEDOUT
    static let addressInUse = EADDRINUSE
    static let addressNotHere = EADDRNOTAVAIL
    static let notPermitted = EACCES

    /// The system's text for a code; glibc keeps it per thread.
    static func text(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
