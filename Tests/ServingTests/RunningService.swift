import Foundation
import HearthFormats
import HearthHTTP
import HearthProfile
import HearthTestRuns

/// `HearthServiceHost` in a process of its own, and how to talk to it.
final class RunningService {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let running: Command.Running
    /// Its own folders are in here: sockets, store, spool.
    let folder: TemporaryFolder
    let pid: Int32

    /// Returns when it is profiled.
    init(_ environment: [String: String] = [:], in folder: TemporaryFolder? = nil) throws {
        let folder = try folder ?? TemporaryFolder()
        self.folder = folder
        var all = ["XDG_RUNTIME_DIR": folder.url.path, "TMPDIR": folder.url.path]
        for variable in ["HEARTH_LISTEN", "HEARTH_TOKEN_FILE", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"] {
            all[variable] = ""
        }
        running = try Command(Checkout.product("HearthServiceHost"), environment: all.merging(environment) { $1 })
            .start()
        pid = running.process.processIdentifier
        try wait(for: "the service to start") {
            running.outputSoFar.contains("ready true") || !running.process.isRunning
        }
        guard running.process.isRunning else { throw Failure(description: "it ended: \(errors)") }
    }

    deinit { if running.process.isRunning { kill(pid, SIGKILL) } }

    var errors: String { running.files.text("errors") }

    var socket: String { folder.path("hearth/host.\(pid).sock") }

    /// Returns when it listens at its own socket.
    func listening() throws -> HTTPURL {
        let announcement = folder.path("hearth/host.\(pid).json")
        try wait(for: "the service to listen") { FileManager.default.fileExists(atPath: announcement) }
        return try HTTPURL("unix:\(socket)")
    }

    func get(
        _ path: String, fields: HTTPFieldList = [:], method: String = "GET", within: Duration = .seconds(60)
    ) async throws -> HTTPResponse {
        try await Self.client.send(
            HTTPRequest(try listening(), method: method, path: path, fields: fields),
            limits: HTTPClientLimits(totalTimeout: within))
    }

    static let client = HTTPClient()

    func stop() -> Command.Outcome {
        running.signal(SIGTERM)
        return running.wait()
    }

    func wait(for what: String, _ condition: () throws -> Bool) throws {
        let patience = Date().addingTimeInterval(60)
        while try !condition() {
            guard Date() < patience else { throw Failure(description: "waited in vain for \(what): \(errors)") }
            usleep(10_000)
        }
    }
}

extension HTTPResponse {
    var text: String { String(decoding: body, as: UTF8.self) }

    func profile() throws -> Profile { try Profile.read(body, named: "profile.pb.gz", format: .pprof).profile }
}

extension Profile {
    /// Samples whose stack has a function of this name.
    func samples(through function: String) -> Int64 {
        samples.indices.reduce(0) { sum, row in
            let stack = stacks.framesLeafFirst(samples[row].stack)
            return stack.contains { displayName($0).contains(function) } ? sum + value(row: row, column: 0) : sum
        }
    }
}
