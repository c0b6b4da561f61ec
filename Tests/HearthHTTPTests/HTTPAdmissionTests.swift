import HearthHTTP
import Synchronization
import Testing

@Suite struct HTTPAdmissionTests {
    /// What was asked for and given back.
    private final class Log: Sendable {
        let entries = Mutex<[String]>([])

        func add(_ entry: String) { entries.withLock { $0.append(entry) } }

        var all: [String] { entries.withLock { $0 } }

        /// Lets bodies of up to ten bytes in.
        var admission: HTTPAdmission {
            HTTPAdmission { method, target, size in
                self.add("\(method) \(target) \(size)")
                if size > 10 { return .refused(.text("full", status: 429)) }
                return .admitted { self.add("released \(size)") }
            }
        }
    }

    private func withServer(_ log: Log, _ body: (HTTPServer) async throws -> Void) async throws {
        let limits = HTTPServerLimits(bodySize: 1_000, lingerTimeout: .milliseconds(50))
        let server = try await HTTPServer.start(loopback, limits: limits, admission: log.admission) {
            .text("\($0.body.count)")
        }
        do { try await body(server) } catch { Issue.record(error) }
        await server.stop(within: .zero)
    }

    @Test func aRefusalDoesNotWaitForTheBody() async throws {
        let log = Log()
        try await withServer(log) { server in
            for head in ["Content-Length: 500", "Transfer-Encoding: chunked"] {
                let answer = try await server.answer(to: "POST /a?b HTTP/1.1\r\nHost: x\r\n\(head)\r\n\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 429 ") && answer.hasSuffix("full\n"), "\(answer)")
            }
            // What is not known beforehand may become as long as any.
            #expect(log.all == ["POST /a?b 500", "POST /a?b 1000"])
            #expect(server.statistics.handled == 0 && server.statistics.rejected == 2)
        }
    }

    @Test func whatIsLetInIsGivenBackOnce() async throws {
        let log = Log()
        try await withServer(log) { server in
            let client = HTTPClient()
            let posted = try await client.send(HTTPRequest(server.url, method: "POST", body: Array("12345".utf8)))
            #expect(posted.status == 200 && posted.body == Array("5\n".utf8))
            #expect(try await client.send(HTTPRequest(server.url)).status == 200)
            try await eventually { log.all.count == 4 }
            #expect(log.all.sorted() == ["GET / 0", "POST / 5", "released 0", "released 5"])
        }
    }

    @Test func aClientThatGoesGivesItsRoomBack() async throws {
        let log = Log()
        try await withServer(log) { server in
            let raw = try RawSocket.connect(port: server.port)
            await raw.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n123")
            try await eventually { log.all == ["POST / 7"] }
            raw.reset()
            try await eventually { log.all == ["POST / 7", "released 7"] }
        }
    }
}
