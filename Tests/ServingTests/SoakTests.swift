import Foundation
import HearthHTTP
import HearthStore
import HearthTestRuns
import Synchronization
import Testing

extension ServingTests {
    /// A service with everything on: windows to a store and to a receiver that is away for a while, and clients that ask.
    /// Twenty seconds, or as long as `HEARTH_SOAK_SECONDS` says.
    @Suite(.serialized) struct SoakTests {
        private static let seconds =
            Double(ProcessInfo.processInfo.environment["HEARTH_SOAK_SECONDS"] ?? "").map { max($0, 10) } ?? 20

        /// Takes everything; Pyroscope's answers.
        private static func receiver(_ address: HTTPAddress, _ count: Mutex<Int>.Box) async throws -> HTTPServer {
            try await HTTPServer.start(address, limits: HTTPServerLimits(bodySize: 16 << 20)) { request in
                guard request.path == "/push.v1.PusherService/Push",
                    request.fields["Content-Type"] == "application/proto"
                else { return HTTPResponse(status: 400) }
                count.add()
                return HTTPResponse(fields: ["Content-Type": "application/proto"])
            }
        }

        @Test func nothingGrowsAndNothingIsLost() async throws {
            let folder = try TemporaryFolder()
            let received = Mutex<Int>.Box()
            let address = HTTPAddress.unix(path: folder.path("receiver.sock"))
            var server: HTTPServer? = try await Self.receiver(address, received)
            let service = try RunningService(
                [
                    "HEARTH_LISTEN": "unix", "HEARTH_STORE": folder.path("store"),
                    "HEARTH_PYROSCOPE_URL": "unix:\(folder.path("receiver.sock"))",
                ])
            _ = try service.listening()
            var memory: [Double] = []
            var open: [Int] = []
            let start = Date()
            while Date().timeIntervalSince(start) < Self.seconds {
                let share = Date().timeIntervalSince(start) / Self.seconds
                if share > 0.3, share < 0.6 {
                    await server?.stop(within: .zero)
                    server = nil
                } else if server == nil {
                    server = try await Self.receiver(address, received)
                }
                #expect(try await service.get("/debug/pprof/profile?seconds=1").status == 200)
                #expect(try await service.get("/metrics").status == 200)
                memory.append(residentMegabytes(service.pid))
                open.append(try FileManager.default.contentsOfDirectory(atPath: "/proc/\(service.pid)/fd").count)
            }
            if server == nil { server = try await Self.receiver(address, received) }
            let outcome = service.stop()
            #expect(outcome.status == 0, "\(outcome.errors)")
            await server?.stop(within: .zero)
            // Once caches are full; a debug build's names and the tables of the store's segment are some megabytes.
            let half = memory.dropFirst(memory.count / 2)
            #expect((half.last ?? 0) - (half.first ?? 0) < 8, "\(memory)")
            #expect((open.last ?? 0) <= (open.prefix(open.count / 2 + 1).max() ?? 0) + 2, "\(open)")
            let (windows, notes) = try ProfileStore(folder: folder.path("store")).windows()
            #expect(notes.warnings.isEmpty && windows.count >= Int(Self.seconds * 0.6))
            #expect(windows.map(\.sequence) == Array(0..<UInt64(windows.count)))
            // What waits at the end stays in the spool.
            let spool = folder.path("store/spool")
            let waiting =
                FileManager.default.enumerator(atPath: spool)?.compactMap { $0 as? String }
                .filter { $0.hasSuffix(".push") }.count ?? 0
            #expect(received.value + waiting >= windows.count, "\(received.value) received, \(waiting) wait")
        }

        private func residentMegabytes(_ pid: Int32) -> Double {
            let text = (try? String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8)) ?? ""
            let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
            return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
        }
    }
}

extension Mutex<Int> {
    /// A counter that closures share.
    final class Box: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func add() { count.withLock { $0 += 1 } }
    }
}
