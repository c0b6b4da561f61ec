internal import Foundation

/// A service of this machine whose profiler listens.
package struct ListeningService: Hashable, Codable, Sendable {
    package var service: String
    package var pid: Int32
    /// As a client reads it: `unix:/run/hearth/recommender.17.sock`, `127.0.0.1:4041`.
    package var address: String
    /// Of Hearth.
    package var profiler: String
    /// Seconds since 1970.
    package var startTime: Double

    package init(service: String, pid: Int32, address: String, profiler: String, startTime: Double) {
        self.service = service
        self.pid = pid
        self.address = address
        self.profiler = profiler
        self.startTime = startTime
    }

    /// `recommender.17`: what its files in the folder begin with. Other characters than those of names become `-`.
    package static func fileName(service: String, pid: Int32) -> String {
        let safe = service.utf8.prefix(48).map { byte -> Character in
            let isPlain = byte >= 0x30 && byte <= 0x39 || (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A || byte == 0x5F
            return isPlain ? Character(UnicodeScalar(byte)) : "-"
        }
        return "\(String(safe)).\(pid)"
    }

    /// Whether its process is still there.
    package var isAlive: Bool { kill(pid, 0) == 0 || errno == EPERM }
}
