import Foundation
import HearthHTTP
import HearthTestRuns
import Testing

@Suite struct HTTPServerLifeTests {
    let client = HTTPClient()
    let folder = try! TemporaryFolder()

    private func start(_ address: HTTPAddress) async throws -> HTTPServer {
        try await HTTPServer.start(address) { _ in .text("here") }
    }

    /// Why it did not start.
    private func refusal(_ address: HTTPAddress) async -> HTTPServerError.Reason? {
        do {
            let server = try await start(address)
            await server.stop()
            return nil
        } catch {
            #expect(!"\(error)".contains("\n"))
            return (error as? HTTPServerError)?.reason
        }
    }

    @Test func aPortInUseIsAnError() async throws {
        let (taken, port) = try RawSocket.listen()
        #expect(await refusal(.tcp(host: "127.0.0.1", port: port)) == .addressInUse)
        _ = taken
        #expect(await refusal(.tcp(host: "192.0.2.1", port: 0)) == .addressNotHere)
        #expect(await refusal(.tcp(host: "nowhere.invalid", port: 0)) == .addressNotHere)
    }

    @Test func aPortIsFreeAfterTheStop() async throws {
        let first = try await start(loopback)
        #expect(try await client.send(HTTPRequest(first.url)).status == 200)
        await first.stop()
        await first.stop()
        let second = try await start(first.address)
        #expect(second.address == first.address)
        #expect(try await client.send(HTTPRequest(second.url)).status == 200)
        await second.stop()
    }

    @Test func aSocketIsPrivateAndGoesWithTheServer() async throws {
        let server = try await start(.unix(path: folder.path("a/b/s")))
        #expect(try await client.send(HTTPRequest(server.url)).body == Array("here\n".utf8))
        #expect(try folder.mode("a/b/s") == 0o600)
        #expect(try folder.mode("a") == 0o700)
        #expect(try folder.mode("a/b") == 0o700)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("a/b")) == ["s"])
        await server.stop()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("a/b")) == [])
    }

    @Test func aFolderThatIsThereKeepsItsMode() async throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url.path)
        let server = try await start(.unix(path: folder.path("s")))
        #expect(try folder.mode("") == 0o755)
        await server.stop()
    }

    @Test func aSocketThatWasLeftBehindIsReplaced() async throws {
        let python = "import socket; s = socket.socket(socket.AF_UNIX); s.bind('\(folder.path("s"))')"
        #expect(try Command("python3", "-c", python).run().status == 0)
        #expect(folder.holds("s"))
        let server = try await start(.unix(path: folder.path("s")))
        #expect(try await client.send(HTTPRequest(server.url)).status == 200)
        await server.stop()
        #expect(folder.names == [])
    }

    @Test func aSocketThatSomebodyListensOnIsLeftAlone() async throws {
        let first = try await start(.unix(path: folder.path("s")))
        #expect(await refusal(first.address) == .addressInUse)
        #expect(folder.names == ["s"])
        #expect(try await client.send(HTTPRequest(first.url)).status == 200)
        await first.stop()
    }

    @Test func whatIsNoSocketIsLeftAlone() async throws {
        try "precious".write(toFile: folder.path("file"), atomically: true, encoding: .utf8)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("link"), withDestinationPath: folder.path("file"))
        #expect(await refusal(.unix(path: folder.path("file"))) == .noSocket)
        #expect(await refusal(.unix(path: folder.path("link"))) == .noSocket)
        #expect(await refusal(.unix(path: folder.url.path)) == .noSocket)
        #expect(folder.text("file") == "precious")
        #expect(Set(folder.names) == ["file", "link"])
        // A file where a folder should be.
        #expect(await refusal(.unix(path: folder.path("file/s"))) == .system(20))
        let long = folder.path(String(repeating: "x", count: 90))
        #expect(await refusal(.unix(path: long)) == .pathTooLong)
    }

    @Test func theSocketOfAnotherServerIsNotRemoved() async throws {
        let first = try await start(.unix(path: folder.path("s")))
        try FileManager.default.removeItem(atPath: folder.path("s"))
        let second = try await start(.unix(path: folder.path("s")))
        await first.stop()
        #expect(try await client.send(HTTPRequest(second.url)).status == 200)
        await second.stop()
    }

    @Test func aStopLetsRequestsFinish() async throws {
        let gate = Gate()
        let server = try await HTTPServer.start(loopback) { _ in
            await gate.pass()
            return .text("finished")
        }
        async let response = client.send(HTTPRequest(server.url))
        try await eventually { await gate.arrivals == 1 }
        async let stopped: Void = server.stop(within: .seconds(60))
        // No more are taken, while the first still runs.
        try await eventually {
            do {
                let limits = HTTPClientLimits(totalTimeout: .milliseconds(100))
                _ = try await client.send(HTTPRequest(server.url), limits: limits)
                return false
            } catch { return (error as? HTTPClientError)?.reason == .refused }
        }
        await gate.open()
        #expect(try await response.body == Array("finished\n".utf8))
        await stopped
    }

    @Test(arguments: [true, false]) func aStopThatDoesNotWaitCancels(obeys: Bool) async throws {
        let gate = Gate()
        let (arrived, arrive) = AsyncStream<Void>.makeStream()
        let server = try await HTTPServer.start(loopback) { _ in
            arrive.finish()
            if obeys { try await Task.sleep(for: .seconds(3_600)) } else { await gate.pass() }
            return .text("late")
        }
        let sending = Task { [client] in try await client.send(HTTPRequest(server.url)) }
        for await _ in arrived {}
        await server.stop(within: .zero)
        await #expect(throws: HTTPClientError(.closedEarly, server.url)) { _ = try await sending.value }
        await gate.open()
    }

    @Test func nothingIsStartedUnlessAskedFor() async throws {
        let loops = HTTPEventLoops()
        let client = HTTPClient(loops: loops)
        #expect(!loops.isRunning)
        let server = try await HTTPServer.start(loopback, loops: loops) { _ in .text("here") }
        #expect(loops.isRunning)
        #expect(try await client.send(HTTPRequest(server.url)).status == 200)
        await server.stop()
        // They are not the server's own.
        #expect(loops.isRunning)
        await loops.shutDown()
        await #expect(throws: HTTPClientError(.shutDown, server.url)) { try await client.send(HTTPRequest(server.url)) }
        await #expect(throws: HTTPServerError.self) {
            try await HTTPServer.start(loopback, loops: loops) { _ in .text("") }
        }
    }
}
