internal import HearthFiles
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Ends the waiting for input, once and for good: a socket that `poll` watches beside the input.
///
/// ``interrupt()`` may be called from any thread while others read.
final class ReadInterruption: Sendable {
    private let waking: Int32
    private let woken: Int32
    private let hasHappened = Atomic(false)

    init() throws(FileError) {
        var ends: [Int32] = [-1, -1]
        let status = unsafe socketpair(AF_UNIX, Self.socketType, 0, &ends)
        (woken, waking) = (ends[0], ends[1])
        guard status == 0 else { throw FileError(.create, path: "a socket", code: errno) }
    }

    #if canImport(Glibc)
    private static let socketType = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    #else
    private static let socketType = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK
    #endif

    deinit {
        for end in [woken, waking] where end >= 0 { close(end) }
    }

    var isInterrupted: Bool { hasHappened.load(ordering: .acquiring) }

    func interrupt() {
        hasHappened.store(true, ordering: .releasing)
        var byte: UInt8 = 1
        _ = unsafe write(waking, &byte, 1)
    }

    /// Reads what there is, waiting for it where there is nothing yet; nil when interrupted, 0 at the end of the input.
    ///
    /// - Parameters:
    ///   - path: for the error.
    ///   - place: where in the buffer the bytes go.
    func read(
        _ descriptor: Int32, path: String, into buffer: inout [UInt8], at place: Int
    ) throws(FileError) -> Int? {
        while true {
            var waits = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: woken, events: Int16(POLLIN), revents: 0),
            ]
            let ready = unsafe poll(&waits, 2, -1)
            if isInterrupted { return nil }
            if ready < 0 {
                if errno == EINTR { continue }
                throw FileError(.read, path: path, code: errno)
            }
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe Self.readSome(descriptor, $0[place...]) }
            if count >= 0 { return count }
            // EAGAIN: another reader of the same pipe was faster.
            guard errno == EINTR || errno == EAGAIN else { throw FileError(.read, path: path, code: errno) }
        }
    }

    private static func readSome(_ descriptor: Int32, _ room: Slice<UnsafeMutableRawBufferPointer>) -> Int {
        let room = unsafe UnsafeMutableRawBufferPointer(rebasing: room)
        #if canImport(Glibc)
        return unsafe Glibc.read(descriptor, room.baseAddress, room.count)
        #else
        return unsafe Musl.read(descriptor, room.baseAddress, room.count)
        #endif
    }
}
