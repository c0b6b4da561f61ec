import Foundation
import HearthTestRuns
import Testing

/// A stranger's service that depends on Hearth by a git address and a tag, is built on its own, and is profiled.
@Suite(.serialized) struct LinkedServiceTests {
    private static let build = Result { try LinkedServiceBuild() }
    private let service: LinkedServiceBuild

    init() throws { service = try Self.build.get() }

    @Test func servesRequestsAndLeavesAFlameGraph() throws {
        let run = try service.serve { port in
            for number in 0..<300 {
                let answer = try fetch(port, "/nearest/\(number)")
                #expect(Int(answer.dropLast()) != nil)
            }
        }
        #expect(run.outcome.status == 0, "\(run.outcome.errors)")
        #expect(run.outcome.output.hasSuffix("stopped\n"))
        #expect(run.outcome.errors.contains("profiles linked-service: CPU time by timers of each thread"))
        #expect(run.outcome.errors.contains("100 Hz, hybrid unwinder"))
        let stacks = run.folder.text("profile.folded")
        #expect(stacks.contains("Recommendations.scoreEveryDocument(against:)"), "\(stacks.prefix(2000))")
        let picture = run.folder.text("flamegraph.svg")
        #expect(picture.contains("Recommendations.scoreEveryDocument(against:)"))
        #expect(picture.contains("/nearest"))
    }

    @Test func linksOnlyWhatTheAgentNeeds() throws {
        let libraries = try Command("ldd", service.program).run().output
        for name in ["libunwind", "simdjson", "sqlite"] {
            #expect(!libraries.contains(name), "\(name) is linked: \(libraries)")
        }
        let symbols = try Command("nm", service.program).run().output
        for mangled in ["7NIOCore", "4GRDB", "15HearthIngestion", "14ArgumentParser"] {
            #expect(!symbols.contains("$s\(mangled)"), "symbols of \(mangled)")
        }
        #expect(symbols.contains("$s6Hearth8ProfilerC"))
    }

    /// libunwind exports the functions that C++ exceptions run on. Opened by us it must not take the host's over.
    @Test(arguments: ["hybrid", "libunwind"]) func exceptionsStayTheHosts(_ unwinder: String) throws {
        let run = try service.serve(["LINKED_SERVICE_UNWINDER": unwinder, "LD_DEBUG": "bindings"]) { port in
            let caught = try fetch(port, "/exceptions")
            #expect(caught == "1000\n")
            for number in 0..<150 { _ = try fetch(port, "/nearest/\(number)") }
        }
        #expect(run.outcome.status == 0)
        #expect(run.outcome.errors.contains("\(unwinder) unwinder"))
        let lines = run.outcome.errors.split(separator: "\n").filter { $0.contains("`_Unwind_RaiseException'") }
        let hosts = lines.filter { !$0.contains("binding file /lib/x86_64-linux-gnu/libunwind") }
        #expect(!hosts.isEmpty)
        for line in hosts { #expect(line.contains("libgcc_s.so.1"), "\(line)") }
        if unwinder == "libunwind" {
            #expect(run.outcome.errors.contains("libunwind.so.8"))
            #expect(run.folder.text("profile.folded").contains("Recommendations.scoreEveryDocument(against:)"))
        }
    }

    @Test func isSwitchedOffAndWarnedByTheEnvironment() throws {
        let off = try service.serve(["HEARTH_ENABLED": "false"]) { _ in }
        #expect(off.outcome.status == 0)
        #expect(!off.outcome.errors.contains("profiles linked-service"))
        #expect(off.folder.text("profile.folded").split(separator: "\n").allSatisfy { $0.hasPrefix("#") })

        let wrong = try service.serve(["HEARTH_RATE": "fast"]) { _ in }
        #expect(wrong.outcome.status == 0)
        #expect(
            wrong.outcome.errors.contains(
                "HEARTH_RATE=fast is not a number of samples a second, 1 to 4000; 100 is used"))
    }

    private func fetch(_ port: Int, _ path: String) throws -> String {
        let outcome = try Command("curl", "--silent", "--fail", "--max-time", "20", "http://127.0.0.1:\(port)\(path)")
            .run()
        guard outcome.status == 0 else {
            throw ServiceFailure(reason: "GET \(path): curl ended with \(outcome.status)")
        }
        return outcome.output
    }
}

struct ServiceFailure: Error {
    var reason: String
}

/// The service, built once from a clone of what is committed here.
struct LinkedServiceBuild {
    let folder: TemporaryFolder
    let program: String

    init() throws {
        folder = try TemporaryFolder()
        let clone = folder.path("hearth")
        try Self.check(Command("git", "clone", "--quiet", Checkout.root.path, clone))
        try Self.check(Command("git", "-C", clone, "tag", "0.0.1"))
        let package = folder.url.appendingPathComponent("LinkedService")
        try FileManager.default.copyItem(at: Checkout.root.appendingPathComponent("Tests/LinkedService"), to: package)
        // Without --build-tests and in debug: the shortest build that a user's first one can be.
        try Self.check(
            Command("swift", "build", "--package-path", package.path, environment: ["HEARTH_GIT": "file://" + clone]))
        program = package.appendingPathComponent(".build/debug/LinkedService").path
    }

    private static func check(_ command: Command) throws {
        let outcome = try command.run()
        guard outcome.status == 0 else {
            let lines = (outcome.output + outcome.errors).split(separator: "\n")
            let errors = lines.filter { $0.contains("error") }
            throw ServiceFailure(
                reason: "\(command.program) \(command.arguments): \((errors + lines.suffix(5)).joined(separator: "\n"))"
            )
        }
    }

    /// Starts the service, waits until it listens, runs `body`, stops it by SIGTERM.
    func serve(
        _ environment: [String: String] = [:], _ body: (_ port: Int) throws -> Void
    ) throws -> (outcome: Command.Outcome, folder: TemporaryFolder) {
        let output = try TemporaryFolder()
        let running = try Command(
            program, environment: environment.merging(["LINKED_SERVICE_OUTPUT": output.url.path]) { $1 }
        ).start()
        defer { if running.process.isRunning { running.signal(SIGKILL) } }
        var port: Int?
        let patience = Date().addingTimeInterval(60)
        while port == nil, running.process.isRunning, Date() < patience {
            port = running.outputSoFar.split(separator: "\n").first { $0.hasPrefix("port ") }.flatMap {
                Int($0.dropFirst(5))
            }
            usleep(20_000)
        }
        guard let port else {
            throw ServiceFailure(
                reason:
                    "the service does not listen: \(running.outputSoFar) \(running.files.text("errors").suffix(500))")
        }
        try body(port)
        running.signal(SIGTERM)
        return (running.wait(), output)
    }
}
