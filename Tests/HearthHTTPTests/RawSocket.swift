import Dispatch
import Glibc

/// A socket without any HTTP, for what no client would send and no server answer. Calls block a thread of their own, not one
/// of Swift's pool.
final class RawSocket: Sendable {
    let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    static func connect(port: Int) throws -> RawSocket {
        let raw = RawSocket(descriptor: socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0))
        let result = unsafe withAddress(port: port) { unsafe Glibc.connect(raw.descriptor, $0, $1) }
        guard result == 0 else { throw Failure(code: errno) }
        return raw
    }

    /// Listens on loopback, and returns the port.
    static func listen() throws -> (socket: RawSocket, port: Int) {
        let raw = RawSocket(descriptor: socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0))
        guard unsafe withAddress(port: 0, { unsafe bind(raw.descriptor, $0, $1) }) == 0,
            Glibc.listen(raw.descriptor, 16) == 0
        else { throw Failure(code: errno) }
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        unsafe withUnsafeMutablePointer(to: &address) { address in
            _ = unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(raw.descriptor, $0, &size)
            }
        }
        return (raw, Int(UInt16(bigEndian: address.sin_port)))
    }

    func accept() async throws -> RawSocket {
        let descriptor = await onThread { [descriptor] in Glibc.accept(descriptor, nil, nil) }
        guard descriptor >= 0 else { throw Failure(code: errno) }
        return RawSocket(descriptor: descriptor)
    }

    /// Sends what the other side takes; that it has gone is no error here.
    func send(_ text: String) async { await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async {
        await onThread { [descriptor] in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes {
                    unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// All bytes until the other side closes.
    func readToEnd() async -> String {
        let bytes = await onThread { [descriptor] in Self.read(descriptor) { _ in false } }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Bytes until a text has come, or the end.
    func read(until text: String) async -> String {
        let end = Array(text.utf8)
        let bytes = await onThread { [descriptor] in Self.read(descriptor) { $0.suffix(end.count).elementsEqual(end) } }
        return String(decoding: bytes, as: UTF8.self)
    }

    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closes with a reset, as a process that is killed with bytes unread does.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    struct Failure: Error {
        var code: Int32
    }

    private static func read(_ descriptor: Int32, until isDone: ([UInt8]) -> Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while !isDone(bytes), unsafe recv(descriptor, &byte, 1, 0) == 1 { bytes.append(byte) }
        return bytes
    }

    private static func withAddress(
        port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}

/// Runs what blocks on a thread of its own.
func onThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
        DispatchQueue(label: "raw socket").async { continuation.resume(returning: body()) }
    }
}
