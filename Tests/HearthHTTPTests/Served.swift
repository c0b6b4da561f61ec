import Foundation
import HearthHTTP
import HearthTestRuns
import Testing

let loopback = HTTPAddress.tcp(host: "127.0.0.1", port: 0)

/// Runs a body against a server on loopback, and stops it.
func withServer<Result>(
    _ address: HTTPAddress = loopback, limits: HTTPServerLimits = HTTPServerLimits(),
    handler: @escaping HTTPServer.Handler = { .text("\($0.method) \($0.path)") },
    _ body: (HTTPServer) async throws -> Result
) async throws -> Result {
    let server = try await HTTPServer.start(address, limits: limits, handler: handler)
    do {
        let result = try await body(server)
        await server.stop(within: .zero)
        return result
    } catch {
        await server.stop(within: .zero)
        throw error
    }
}

extension HTTPServer {
    var url: HTTPURL { HTTPURL(address: address) }

    var port: Int {
        if case .tcp(_, let port) = address { port } else { 0 }
    }

    /// What the server answers to bytes, to its end.
    func answer(to text: String) async throws -> String {
        let raw = try RawSocket.connect(port: port)
        await raw.send(text)
        return await raw.readToEnd()
    }
}

/// Waits until something holds; a minute is how long a hang may be.
func eventually(_ condition: () async throws -> Bool) async throws {
    for _ in 0..<6_000 {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("it never came to hold")
}

extension TemporaryFolder {
    func mode(_ name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path(name))[.posixPermissions] as? Int
    }

    func holds(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? [] }
}

/// What curl prints.
func curl(_ arguments: String...) async throws -> String {
    var command = Command("curl", "-sS", "--max-time", "60", "--noproxy", "*")
    command.arguments += arguments
    let running = try command.start()
    let outcome = await onThread { running.wait() }
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome.output
}

/// A gate that holds whoever waits until it is opened, and says how many came.
actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private(set) var arrivals = 0

    /// Does not end when the task is cancelled.
    func pass() async {
        arrivals += 1
        if !isOpen { await withCheckedContinuation { waiting.append($0) } }
    }

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}
