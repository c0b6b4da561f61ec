import Foundation
import HearthFormats
import HearthProfile
import HearthTestRuns
import Testing

extension ServingTests {
    /// `hearth record` and `hearth list` on a service that runs.
    @Suite(.serialized) struct ServiceCommandTests {
        private func hearth(_ service: RunningService, _ arguments: String...) throws -> Command.Outcome {
            var command = Command(Checkout.product("hearth"), environment: ["XDG_RUNTIME_DIR": service.folder.url.path])
            command.arguments = arguments
            return try command.run()
        }

        @Test func aServiceIsRecordedByNameProcessAndSocket() throws {
            let service = try RunningService(["HEARTH_LISTEN": "unix"])
            _ = try service.listening()
            for (name, file) in [
                ("host", "a.svg"), ("\(service.pid)", "a.pb.gz"), ("unix:\(service.socket)", "a.folded"),
            ] {
                let path = service.folder.path(file)
                let outcome = try hearth(service, "record", name, "-d", "1s", "-o", path)
                #expect(outcome.status == 0, "\(outcome.errors)")
                if file.hasSuffix("svg") {
                    #expect(try String(contentsOfFile: path, encoding: .utf8).contains("searchDocuments"))
                } else {
                    #expect(try Profile(contentsOf: path).samples(through: "searchDocuments") > 0)
                }
            }
            let filtered = try hearth(
                service, "record", "host", "-d", "1s", "--focus", "no such function", "-o",
                service.folder.path("none.svg"))
            #expect(filtered.status == 1 && filtered.errors.hasPrefix("hearth: "))
            #expect(!FileManager.default.fileExists(atPath: service.folder.path("none.svg")))
        }

        @Test func whoListensIsListed() throws {
            let service = try RunningService(["HEARTH_LISTEN": "unix"])
            _ = try service.listening()
            let second = try RunningService(["HEARTH_LISTEN": "unix"], in: service.folder)
            _ = try second.listening()
            let table = try hearth(service, "list").output
            #expect(table.contains("host") && table.contains("\(service.pid)") && table.contains("answers"))
            #expect(table.split(separator: "\n").count == 3)
            let ambiguous = try hearth(service, "record", "host", "-d", "1s", "-o", service.folder.path("x.svg"))
            #expect(ambiguous.status == 2)
            #expect(ambiguous.errors.hasPrefix("hearth: 2 processes are called 'host'; name one by its PID: "))
            #expect(second.stop().status == 0)
            // One that was killed has left its files, which are taken away.
            kill(service.pid, SIGKILL)
            _ = service.running.wait()
            let json = try hearth(service, "list", "--format", "json")
            #expect(json.output.filter { !$0.isWhitespace } == "[]")
            #expect(try FileManager.default.contentsOfDirectory(atPath: service.folder.path("hearth")).isEmpty)
        }

        @Test func whatCannotBeRecordedIsSaidInALine() throws {
            let folder = try TemporaryFolder()
            try Data("s3cret".utf8).write(to: URL(fileURLWithPath: folder.path("token")))
            let service = try RunningService(["HEARTH_LISTEN": "unix", "HEARTH_TOKEN_FILE": folder.path("token")])
            _ = try service.listening()
            let output = service.folder.path("x.svg")
            let cases: [([String], Int32, String)] = [
                (["host", "-o", output, "-d", "1s"], 1, "hearth: host (\(service.pid)) asks for a token; "),
                (["nobody", "-o", output], 1, "hearth: no service 'nobody' listens; listening: host; "),
                (["127.0.0.1:1", "-o", output], 1, "hearth: cannot reach http://127.0.0.1:1: nothing listens there"),
                (["host", "-o", output, "-d", "2h"], 2, "hearth: The value '2h' is invalid"),
                (["host"], 2, "hearth: where to and as what?"),
                (["--", "./program"], 2, "hearth: a program is not profiled from outside"),
            ]
            for (arguments, status, message) in cases {
                var command = Command(
                    Checkout.product("hearth"),
                    environment: ["XDG_RUNTIME_DIR": service.folder.url.path, "HEARTH_TOKEN_FILE": ""])
                command.arguments = ["record"] + arguments
                let outcome = try command.run()
                #expect(outcome.status == status && outcome.errors.hasPrefix(message), "\(outcome.errors)")
                #expect(outcome.errors.split(separator: "\n").count == 1)
                #expect(!FileManager.default.fileExists(atPath: output))
            }
            let outcome = try hearth(
                service, "record", "host", "-d", "1s", "--token-file", folder.path("token"), "-o", output)
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
    }
}
