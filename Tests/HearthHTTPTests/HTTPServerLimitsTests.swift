import Foundation
import HearthHTTP
import Testing

@Suite struct HTTPServerLimitsTests {
    @Test(arguments: [
        ("rubbish\r\n\r\n", 501), ("GET / HTTP/1.1\r\nno colon\r\n\r\n", 400), ("GET / HTTP/1.1\r\n: x\r\n\r\n", 400),
        ("GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400), ("GET /% HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        ("GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n", 400), ("GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        ("GET /?a=%4 HTTP/1.1\r\nHost: x\r\n\r\n", 400), ("GET relative HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        ("\0\u{1}\u{2}\u{3}", 501), ("GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        ("CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n", 413),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000000000000000\r\n\r\n", 413),
        (
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n\(String(repeating: "x", count: 0x400))\r\n"
                + "1\r\ny\r\n0\r\n\r\n", 413
        ),
        ("GET / HTTP/1.1\r\nX: \(String(repeating: "x", count: 5_000))\r\n\r\n", 431),
        ("GET / HTTP/1.1\r\n\(String(repeating: "X: y\r\n", count: 300))\r\n", 431),
        ("GET /\(String(repeating: "x", count: 5_000)) HTTP/1.1\r\n\r\n", 431),
        ("BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 501),
    ])
    func whatBreaksARuleIsAnsweredSo(request: String, status: Int) async throws {
        let limits = HTTPServerLimits(headerSize: 4_096, bodySize: 1_024, lingerTimeout: .milliseconds(50))
        try await withServer(limits: limits) { server in
            let answer = try await server.answer(to: request)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
            #expect(answer.split(separator: "\r\n\r\n").count == 2, "\(answer)")
            #expect(server.statistics.handled == 0)
            #expect(server.statistics.rejected == 1)
            // And the next one is served.
            #expect(try await HTTPClient().send(HTTPRequest(server.url)).status == 200)
        }
    }

    @Test func anAnswerToABodyThatIsTooLongIsRead() async throws {
        let limits = HTTPServerLimits(bodySize: 1_000)
        try await withServer(limits: limits) { server in
            let body = [UInt8](repeating: 7, count: 3_000_000)
            let response = try await HTTPClient().send(HTTPRequest(server.url, method: "POST", body: body))
            #expect(response.status == 413)
        }
    }

    @Test(arguments: ["", "GET", "GET / HTTP/1.1\r\nHost: x\r\nX", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc"])
    func whoDribblesIsCutOff(start: String) async throws {
        let limits = HTTPServerLimits(readTimeout: .milliseconds(300), lingerTimeout: .milliseconds(50))
        try await withServer(limits: limits) { server in
            let raw = try RawSocket.connect(port: server.port)
            await raw.send(start)
            let dribbling = Task {
                while !Task.isCancelled {
                    try await Task.sleep(for: .milliseconds(20))
                    if start.contains("X") { await raw.send("x") }
                }
            }
            let answer = await raw.readToEnd()
            dribbling.cancel()
            #expect(answer.hasPrefix("HTTP/1.1 408 "), "\(answer)")
            #expect(server.statistics.handled == 0)
            try await eventually { server.statistics.open == 0 }
        }
    }

    @Test func anIdleConnectionIsClosedWithoutAWord() async throws {
        let limits = HTTPServerLimits(idleTimeout: .milliseconds(100))
        try await withServer(limits: limits) { server in
            let answer = try await server.answer(to: "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(answer.components(separatedBy: "HTTP/1.1").count == 2)
            #expect(answer.hasSuffix("GET /\n"))
        }
    }

    @Test(arguments: [true, false]) func aRequestThatTakesTooLongIsAnswered(obeys: Bool) async throws {
        let gate = Gate()
        let limits = HTTPServerLimits(requestTimeout: .milliseconds(100), lingerTimeout: .milliseconds(50))
        let handler: HTTPServer.Handler = { _ in
            if obeys { try await Task.sleep(for: .seconds(3_600)) } else { await gate.pass() }
            return .text("late")
        }
        try await withServer(limits: limits, handler: handler) { server in
            let response = try await HTTPClient().send(HTTPRequest(server.url))
            #expect(response.status == 503)
            #expect(server.statistics.timedOut == 1)
            try await eventually { server.statistics.open == 0 }
            await gate.open()
        }
    }

    @Test func connectionsAboveTheLimitAreToldSo() async throws {
        let gate = Gate()
        let handler: HTTPServer.Handler = { _ in
            await gate.pass()
            return .text("done")
        }
        try await withServer(limits: HTTPServerLimits(connections: 2), handler: handler) { server in
            async let first = HTTPClient().send(HTTPRequest(server.url))
            async let second = HTTPClient().send(HTTPRequest(server.url))
            try await eventually { await gate.arrivals == 2 }
            let third = try await HTTPClient().send(HTTPRequest(server.url))
            #expect(third.status == 503)
            #expect(server.statistics.refused == 1)
            await gate.open()
            #expect(try await [first.status, second.status] == [200, 200])
            try await eventually { server.statistics.open == 0 }
            #expect(try await HTTPClient().send(HTTPRequest(server.url)).status == 200)
        }
    }

    @Test func aFloodOfConnectionsLeavesNothingBehind() async throws {
        try await withServer(limits: HTTPServerLimits(connections: 4, lingerTimeout: .milliseconds(50))) { server in
            var sockets: [RawSocket] = []
            for _ in 0..<50 { sockets.append(try RawSocket.connect(port: server.port)) }
            try await eventually { server.statistics.accepted == 50 }
            #expect(server.statistics.refused >= 42)
            sockets = []
            try await eventually { server.statistics.open == 0 }
            #expect(try await HTTPClient().send(HTTPRequest(server.url)).status == 200)
        }
    }

    @Test func resetsInAnyPlaceDoNoHarm() async throws {
        let request = "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcPOST"
        try await withServer { server in
            for length in stride(from: 0, through: request.utf8.count, by: 3) {
                let raw = try RawSocket.connect(port: server.port)
                await raw.send(String(request.prefix(length)))
                raw.reset()
            }
            try await eventually { server.statistics.open == 0 }
            #expect(try await HTTPClient().send(HTTPRequest(server.url)).status == 200)
        }
    }
}
