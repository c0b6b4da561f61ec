import HearthHTTP
import HearthTestRuns
import Testing

@Suite struct HTTPClientTests {
    let client = HTTPClient()

    /// What the client makes of a server that answers with these bytes and closes.
    private func outcome(
        of answer: String, limits: HTTPClientLimits = HTTPClientLimits(), method: String = "GET"
    ) async throws -> Result<HTTPResponse, HTTPClientError> {
        let (listening, port) = try RawSocket.listen()
        let serving = Task {
            let raw = try await listening.accept()
            _ = await raw.read(until: "\r\n\r\n")
            await raw.send(answer)
            raw.endSending()
            _ = await raw.readToEnd()
        }
        let url = HTTPURL(address: .tcp(host: "127.0.0.1", port: port))
        let result: Result<HTTPResponse, HTTPClientError>
        do { result = .success(try await client.send(HTTPRequest(url, method: method), limits: limits)) } catch {
            #expect(!"\(error)".contains("\n"))
            result = .failure(error)
        }
        try await serving.value
        return result
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef", 200, "abc"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\nTrailer: x\r\n\r\n",
            200, "abc"
        ),
        ("HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, "until the end"), ("HTTP/1.0 200 OK\r\n\r\nold", 200, "old"),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx", 201, "x"),
        ("HTTP/1.1 204 No Content\r\n\r\n", 204, ""),
        ("HTTP/1.1 302 Found\r\nLocation: http://elsewhere.invalid/\r\nContent-Length: 0\r\n\r\n", 302, ""),
        ("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\nwhy?", 500, "why?"),
        ("HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n", 299, ""),
    ])
    func answersAreRead(answer: String, status: Int, body: String) async throws {
        let response = try await outcome(of: answer).get()
        #expect(response.status == status)
        #expect(String(decoding: response.body, as: UTF8.self) == body)
        if status == 302 { #expect(response.fields["location"] == "http://elsewhere.invalid/") }
    }

    @Test func theAnswerToAHeadHasALengthAndNoBody() async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n"
        #expect(try await outcome(of: answer, method: "HEAD").get().fields["Content-Length"] == "100000000000")
    }

    @Test(arguments: [
        "", "H", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
    ])
    func whatIsCutShortIsNoAnswer(answer: String) async throws {
        let result = try await outcome(of: answer)
        #expect(throws: HTTPClientError.self) { try result.get() }
        guard case .failure(let error) = result else { return }
        #expect(error.reason == .closedEarly)
        #expect(error.isTransient)
    }

    @Test(arguments: [
        "rubbish\r\n\r\n", "\0\0\0\0", "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
    ])
    func rubbishIsMalformed(answer: String) async throws {
        guard case .failure(let error) = try await outcome(of: answer), case .malformed = error.reason else {
            Issue.record("it was taken for an answer, or for another failure")
            return
        }
    }

    @Test func whatIsTooLargeIsRefused() async throws {
        let limits = HTTPClientLimits(responseSize: 10)
        let chunk = "8\r\n12345678\r\n"
        for answer in [
            "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n12345678901",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk)\(chunk)",
            "HTTP/1.1 200 OK\r\n\r\n12345678901",
        ] {
            guard case .failure(let error) = try await outcome(of: answer, limits: limits) else {
                Issue.record("\(answer) was taken")
                continue
            }
            #expect(error.reason == .tooLarge(10))
        }
        let header = "HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 100_000))\r\n\r\n"
        let result = try await outcome(of: header)
        guard case .failure(let error) = result else {
            Issue.record("it was taken")
            return
        }
        #expect(error.reason == .headerTooLarge)
    }

    /// The reason of a failure of a request to a URL.
    private func failure(_ text: String, limits: HTTPClientLimits = HTTPClientLimits()) async throws -> HTTPClientError
        .Reason?
    {
        do {
            _ = try await client.send(HTTPRequest(try HTTPURL(text)), limits: limits)
            return nil
        } catch let error as HTTPClientError {
            return error.reason
        }
    }

    @Test func whoIsNotThereIsToldApart() async throws {
        #expect(try await failure("http://nowhere.invalid:4040") == .cannotResolve)
        let (listening, port) = try RawSocket.listen()
        _ = consume listening
        #expect(try await failure("http://127.0.0.1:\(port)") == .refused)
        #expect(try await failure("unix:/nowhere/at/all") == .refused)
        #expect(try await failure("https://127.0.0.1:\(port)") == .needsTLS)
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"])
    func whoHangsIsGivenUp(start: String) async throws {
        let (listening, port) = try RawSocket.listen()
        let hanging = Task {
            let raw = try await listening.accept()
            await raw.send(start)
            return await raw.readToEnd()
        }
        #expect(
            try await failure("http://127.0.0.1:\(port)", limits: HTTPClientLimits(totalTimeout: .milliseconds(200)))
                == .timedOut)
        // The connection is closed, too.
        #expect(try await hanging.value.hasPrefix("GET / HTTP/1.1\r\n"))
    }

    @Test func aFullBacklogTimesOutOrHangs() async throws {
        // Nobody accepts: the connection stands in the queue, and the answer never comes.
        let (listening, port) = try RawSocket.listen()
        let limits = HTTPClientLimits(connectTimeout: .milliseconds(100), totalTimeout: .milliseconds(200))
        #expect(try await failure("http://127.0.0.1:\(port)", limits: limits) == .timedOut)
        _ = listening
    }

    @Test func cancellationClosesTheConnection() async throws {
        let (listening, port) = try RawSocket.listen()
        let url = HTTPURL(address: .tcp(host: "127.0.0.1", port: port))
        let sending = Task { [client] in try await client.send(HTTPRequest(url)) }
        let raw = try await listening.accept()
        _ = await raw.read(until: "\r\n\r\n")
        sending.cancel()
        #expect(await raw.readToEnd() == "")
        await #expect(throws: HTTPClientError(.cancelled, url)) { _ = try await sending.value }
    }

    @Test func aTaskThatIsCancelledSendsNothing() async throws {
        let url = HTTPURL(address: .tcp(host: "127.0.0.1", port: 1))
        let sending = Task { [client] in
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            return try await client.send(HTTPRequest(url))
        }
        await #expect(throws: HTTPClientError(.cancelled, url)) { _ = try await sending.value }
    }

    @Test func userAndPasswordAreSentAndNotShown() async throws {
        try await withServer(handler: { .text($0.fields["Authorization"] ?? "none") }) { server in
            let url = try HTTPURL("http://user:geheim@\(server.address)/prefix")
            let response = try await client.send(HTTPRequest(url, path: "/x"))
            #expect(String(decoding: response.body, as: UTF8.self) == "Basic dXNlcjpnZWhlaW0=\n")
            let other = HTTPRequest(url, path: "/x", fields: ["Authorization": "Bearer abc"])
            #expect(try await client.send(other).body == Array("Bearer abc\n".utf8))
        }
        let nowhere = try HTTPURL("http://user:geheim@nowhere.invalid/prefix")
        #expect(!"\(HTTPClientError(.refused, nowhere))".contains("geheim"))
    }

    @Test func whatCannotBeSentIsNot() async throws {
        let url = HTTPURL(address: .tcp(host: "127.0.0.1", port: 1))
        for request in [
            HTTPRequest(url, fields: ["X": "a\r\nY: b"]), HTTPRequest(url, fields: ["X Y": "a"]),
            HTTPRequest(url, fields: ["": "a"]), HTTPRequest(url, path: "/a b"), HTTPRequest(url, path: "/a\r\nX: y"),
            HTTPRequest(url, path: "none"), HTTPRequest(url, method: "GET /x HTTP/1.1\r\n"),
            HTTPRequest(url, method: ""),
        ] {
            do {
                _ = try await client.send(request)
                Issue.record("\(request) was sent")
            } catch {
                guard case .unsendable = error.reason else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(!"\(error)".contains("\r"))
            }
        }
    }
}
