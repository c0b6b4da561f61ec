/// Where a server listens or a client connects: a TCP host and port, or the path of a Unix socket.
///
/// Read from `127.0.0.1:4041`, `[::1]:4041`, `host:4041`, `:4041`, `4041` (both mean 127.0.0.1), `unix:/path` or `/path`; its
/// description can be read again.
package enum HTTPAddress: Hashable, CustomStringConvertible, Sendable {
    /// Port 0 lets the system choose where it is listened on.
    case tcp(host: String, port: Int)
    case unix(path: String)

    /// Bytes of a path that fit a socket address, its closing zero left out.
    static let longestPath = 107

    package init(_ text: String) throws(HTTPAddressError) {
        if text.hasPrefix("/") || text.hasPrefix("unix:") {
            self = .unix(path: try Self.socketPath(text))
            return
        }
        let host: Substring
        let port: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]"), text[end...].hasPrefix("]:") else {
                throw HTTPAddressError(text, .noPort)
            }
            host = text[text.index(after: text.startIndex)..<end]
            port = text[end...].dropFirst(2)
            guard host.contains(":"), host.utf8.allSatisfy(Self.isAddressByte) else {
                throw HTTPAddressError(text, .badHost)
            }
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[colon...].dropFirst()
            // An address of IPv6 without brackets would lose its last part to the port.
            guard !host.contains(":") else { throw HTTPAddressError(text, .bracketsMissing) }
            guard host.utf8.allSatisfy(Self.isNameByte) else { throw HTTPAddressError(text, .badHost) }
        } else {
            host = ""
            port = text[...]
            guard text.utf8.contains(where: { !Self.isDigit($0) }) == false, !text.isEmpty else {
                throw HTTPAddressError(text, .noPort)
            }
        }
        guard !port.isEmpty, port.utf8.allSatisfy(Self.isDigit), let number = UInt16(port) else {
            throw HTTPAddressError(text, .badPort)
        }
        self = .tcp(host: host.isEmpty ? "127.0.0.1" : String(host), port: Int(number))
    }

    package var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    /// Whether only this machine can reach it: the Unix socket, `localhost`, 127.0.0.0/8 and ::1.
    package var isLocal: Bool {
        guard case .tcp(let host, _) = self else { return true }
        if host == "::1" || host.lowercased() == "localhost" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { $0.utf8.allSatisfy(Self.isDigit) && UInt8($0) != nil }
    }

    private static func socketPath(_ text: String) throws(HTTPAddressError) -> String {
        let path = text.hasPrefix("/") ? text : String(text.dropFirst("unix:".count))
        guard path.hasPrefix("/"), path.utf8.count > 1, !path.hasSuffix("/"), !path.utf8.contains(0) else {
            throw HTTPAddressError(text, .badPath)
        }
        guard path.utf8.count <= longestPath else { throw HTTPAddressError(text, .pathTooLong) }
        return path
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a) || byte == 0x2d || byte == 0x2e || byte == 0x5f
    }

    /// Of IPv6, with a zone: `fe80::1%eth0`.
    private static func isAddressByte(_ byte: UInt8) -> Bool { isNameByte(byte) || byte == 0x3a || byte == 0x25 }
}

/// A text that is no address.
package struct HTTPAddressError: Error, Hashable, CustomStringConvertible, Sendable {
    package enum Reason: String, Sendable {
        case noPort = "it has no port"
        case badPort = "the port is no number from 0 to 65535"
        case badHost = "the host has characters that no host has"
        case bracketsMissing = "an IPv6 address stands in brackets"
        case badPath = "the path of a socket begins with / and ends with a name"
        case pathTooLong = "the path of a socket has at most 107 bytes"
    }

    package var text: String
    package var reason: Reason

    init(_ text: String, _ reason: Reason) {
        self.text = text
        self.reason = reason
    }

    /// One line.
    package var description: String {
        "cannot use '\(text)' as an address: \(reason.rawValue); write 127.0.0.1:4041, :4041, [::1]:4041 or unix:/path"
    }
}
