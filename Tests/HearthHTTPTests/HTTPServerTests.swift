import Foundation
import HearthHTTP
import HearthTestRuns
import Testing

@Suite struct HTTPServerTests {
    let client = HTTPClient()

    @Test func aHundredClientsAtOnceAreAnswered() async throws {
        try await withServer(handler: { HTTPResponse(body: Array($0.path.utf8) + $0.body) }) { server in
            let answers = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    group.addTask { [client] in
                        let body = [UInt8](repeating: UInt8(number), count: 10_000)
                        let request = HTTPRequest(server.url, method: "POST", path: "/\(number)", body: body)
                        let response = try? await client.send(request)
                        return response?.body == Array("/\(number)".utf8) + body && response?.status == 200
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(answers == 100)
            #expect(server.statistics.handled == 100)
            try await eventually { server.statistics.open == 0 }
        }
    }

    @Test func theHandlerGetsPathQueryFieldsAndBodyDecoded() async throws {
        try await withServer(handler: { request in
            #expect(request.method == "PUT")
            #expect(request.path == "/a b/ü")
            #expect(request.query.map(\.name) == ["x", "y", "x", "z=", ""])
            #expect(request.query.map(\.value) == ["1 2", "a+b&c", "", "3=4", "5"])
            #expect(request.queryValue("x") == "1 2")
            #expect(request.queryValue("none") == nil)
            #expect(request.fields["HOST"] == "somewhere")
            #expect(request.fields["x-Field"] == "value")
            return HTTPResponse(status: 201, fields: ["X-Back": "yes"], body: request.body)
        }) { server in
            let path = "/a%20b/%C3%BC?x=1+2&y=a%2Bb%26c&x&z%3D=3=4&=5&&"
            let fields: HTTPFieldList = ["Host": "somewhere", "X-Field": "value"]
            let request = HTTPRequest(server.url, method: "PUT", path: path, fields: fields, body: [1, 2, 0, 255])
            let response = try await client.send(request)
            #expect(response.status == 201)
            #expect(response.fields["x-back"] == "yes")
            #expect(response.body == [1, 2, 0, 255])
        }
    }

    @Test func aConnectionIsUsedAgainAndRequestsMayBeSentAhead() async throws {
        try await withServer { server in
            let head = "Host: x\r\n"
            let answer = try await server.answer(
                to: "GET /1 HTTP/1.1\r\n\(head)\r\nPOST /2 HTTP/1.1\r\n\(head)Content-Length: 3\r\n\r\nabc"
                    + "GET /3 HTTP/1.1\r\n\(head)Connection: close\r\n\r\n")
            let lines = answer.split(whereSeparator: \.isNewline)
            #expect(lines.filter { $0 == "HTTP/1.1 200 OK" }.count == 3)
            #expect(lines.filter { $0.contains(" /") } == ["GET /1", "POST /2", "GET /3"])
            #expect(server.statistics.accepted == 1)
            #expect(server.statistics.handled == 3)
        }
    }

    @Test func aHeadHasNoBody() async throws {
        try await withServer(handler: { _ in .text("eleven char") }) { server in
            let answer = try await server.answer(to: "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.lowercased().contains("content-length: 12\r\n"))
            #expect(answer.hasSuffix("\r\n\r\n"))
            let response = try await client.send(HTTPRequest(server.url, method: "HEAD"))
            #expect(response.status == 200 && response.body.isEmpty)
        }
    }

    @Test(arguments: [204, 304]) func someStatusesHaveNoBody(status: Int) async throws {
        try await withServer(handler: { _ in HTTPResponse(status: status, body: [1, 2, 3]) }) { server in
            let answer = try await server.answer(to: "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
            #expect(answer.hasSuffix("\r\n\r\n"))
        }
    }

    @Test func whatAHandlerThrowsIsNotTold() async throws {
        struct Secret: Error { var text = "geheim" }
        try await withServer(handler: { _ in throw Secret() }) { server in
            let response = try await client.send(HTTPRequest(server.url))
            #expect(response.status == 500)
            #expect(!String(decoding: response.body, as: UTF8.self).contains("geheim"))
            #expect(server.statistics.failed == 1)
        }
    }

    @Test func aFieldOfAHandlerCannotBeginAnother() async throws {
        try await withServer(handler: { _ in
            HTTPResponse(
                status: 7, fields: ["X-Good": "1", "X-Bad": "1\r\nX-Evil: 1", "X Bad": "1", "Content-Length": "99"])
        }) { server in
            let response = try await client.send(HTTPRequest(server.url))
            #expect(response.status == 500)
            #expect(response.fields["X-Good"] == "1")
            #expect(response.fields["X-Evil"] == nil)
            #expect(response.fields["Content-Length"] == "0")
        }
    }

    @Test func aBodyIsAskedForWhereTheClientWaits() async throws {
        try await withServer(handler: { HTTPResponse(body: $0.body) }) { server in
            let raw = try RawSocket.connect(port: server.port)
            await raw.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            #expect(await raw.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 100 "))
            await raw.send("ok")
            #expect(await raw.read(until: "ok").hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func aClientThatGoesAwayCancelsTheHandler() async throws {
        let (cancelled, end) = AsyncStream<Void>.makeStream()
        let handler: HTTPServer.Handler = { _ in
            try await withTaskCancellationHandler {
                try await Task.sleep(for: .seconds(3_600))
            } onCancel: {
                end.finish()
            }
            return .text("late")
        }
        try await withServer(handler: handler) { server in
            do {
                let raw = try RawSocket.connect(port: server.port)
                await raw.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                try await eventually { server.statistics.handled == 1 }
            }
            for await _ in cancelled {}
            try await eventually { server.statistics.open == 0 }
            #expect(server.statistics.abandoned == 1)
            let other = try await client.send(HTTPRequest(server.url, path: "/%"))
            #expect(other.status == 400)
        }
    }

    @Test func curlIsAnswered() async throws {
        let folder = try TemporaryFolder()
        try await withServer(.unix(path: folder.path("s")), handler: { HTTPResponse(body: $0.body.reversed()) }) { _ in
            let outcome = try await curl(
                "--unix-socket", folder.path("s"), "--data-binary", "abc", "http://localhost/x")
            #expect(outcome == "cba")
        }
        try await withServer(handler: { HTTPResponse(body: $0.body) }) { server in
            let large = folder.path("large")
            // Above 1 MiB curl asks before it sends.
            try Array(repeating: "0123456789\n", count: 90_000).joined().write(
                toFile: large, atomically: true, encoding: .utf8)
            let outcome = try await curl("--data-binary", "@\(large)", "-w", " %{http_code}", "\(server.url)/")
            #expect(outcome.hasSuffix("0123456789\n 200"))
        }
    }
}
