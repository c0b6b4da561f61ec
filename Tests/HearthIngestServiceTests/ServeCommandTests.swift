import Foundation
import HearthHTTP
import HearthIngestion
import HearthTestRuns
import Testing

extension IngestServiceTests {
    /// `hearth-ingest serve` in a process of its own.
    @Suite(.serialized) struct ServeCommandTests {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        private func command(_ arguments: String...) -> Command {
            var command = Command(
                Checkout.product("hearth-ingest"),
                environment: ["XDG_RUNTIME_DIR": folder.url.path, "HEARTH_LISTEN": "unix", "HEARTH_RATE": "500"])
            command.arguments = ["serve", "--store", folder.path("out.db")] + arguments
            return command
        }

        /// Returns when it listens.
        private func start(_ arguments: String...) async throws -> (running: Command.Running, address: HTTPAddress) {
            var command = command()
            command.arguments += arguments
            let running = try command.start()
            let patience = Date().addingTimeInterval(60)
            while Date() < patience, running.process.isRunning {
                if let found = running.files.text("errors").firstMatch(of: /listens on (\S+), stores/) {
                    return (running, try HTTPAddress(String(found.1)))
                }
                try await Task.sleep(for: .milliseconds(10))
            }
            throw CocoaError(.featureUnsupported, userInfo: ["errors": running.files.text("errors")])
        }

        @Test(arguments: [true, false]) func endedInTheMiddleItLosesNothing(overTCP: Bool) async throws {
            let (running, address) = try await start("--listen", overTCP ? "127.0.0.1:0" : folder.path("s"))
            // Each client posts until it is told that the service stops, or it is gone.
            let answered = await withTaskGroup(of: Set<String>.self) { group in
                for client in 0..<6 {
                    group.addTask {
                        var answered: Set<String> = []
                        for round in 0..<100_000 {
                            let keys = (0..<20).map { "c\(client)-\(round)-\($0)" }
                            guard let response = try? await Served.post(Documents.lines(keys), to: address) else {
                                break
                            }
                            if response.status != 200 { break }
                            answered.formUnion(keys)
                        }
                        return answered
                    }
                }
                // Not before each client is under way.
                try? await Task.sleep(for: .seconds(1))
                running.signal(SIGTERM)
                return await group.reduce(into: Set()) { $0.formUnion($1) }
            }
            let outcome = running.wait()
            #expect(outcome.status == 0, "\(outcome.errors)")
            let stored = try Documents.keys(folder.path("out.db"))
            #expect(answered.count > 100 && answered.isSubset(of: stored))
            // What was taken is counted, and all of it is there.
            let taken = outcome.output.firstMatch(of: /read ([0-9,]+), stored ([0-9,]+), unchanged 0, rejected 0/)
            #expect(taken.map { $0.1 == $0.2 } == true, "\(outcome.output)")
            #expect(taken.flatMap { Int($0.2.filter { $0 != "," }) } == stored.count)
            if !overTCP { #expect(!FileManager.default.fileExists(atPath: folder.path("s"))) }
        }

        @Test func itIsProfiled() async throws {
            let (running, address) = try await start("--listen", folder.path("s"))
            let socket = folder.path("hearth/hearth-ingest.\(running.process.processIdentifier).sock")
            async let posted = Served.post(try Documents.sample(), to: address)
            let response = try await Served.client.send(
                HTTPRequest(try HTTPURL("unix:\(socket)"), path: "/metrics"),
                limits: HTTPClientLimits(totalTimeout: .seconds(60)))
            #expect(response.text.contains("hearth_info{service=\"hearth-ingest\""))
            #expect(try await posted.counts() == [1_000, 1_000, 0, 0])
            let after = try await Served.client.send(
                HTTPRequest(try HTTPURL("unix:\(socket)"), path: "/metrics"),
                limits: HTTPClientLimits(totalTimeout: .seconds(60)))
            #expect(after.text.contains("hearth_work_total 1000\n"))
            running.signal(SIGTERM)
            #expect(running.wait().status == 0)
        }

        @Test func whatCannotBeServedIsSaidInALine() async throws {
            let (running, _) = try await start("--listen", folder.path("s"))
            let second = try command("--listen", folder.path("s")).run()
            #expect(second.status == 1)
            #expect(
                second.errors.hasPrefix("hearth-ingest: cannot listen on unix:\(folder.path("s")): another process"))
            #expect(second.errors.split(separator: "\n").count == 1)
            running.signal(SIGINT)
            #expect(running.wait().status == 0)
            for (arguments, message) in [
                (["--listen", "everywhere"], "--listen: cannot use 'everywhere' as an address"),
                (["--max-body", "much"], "--max-body must be a size such as 16MiB, not 'much'"),
                (["--max-body", "1MiB", "--max-queue", "1MiB"], "--max-queue must be at least twice --max-body"),
                (["--batch-size", "0"], "--batch-size must be 1 to 100000"),
            ] {
                var command = command()
                command.arguments += arguments
                let outcome = try command.run()
                #expect(outcome.status == 2 && outcome.errors.contains(message), "\(outcome.errors)")
            }
            try Data("no database, but long enough to be read as one".utf8).write(
                to: URL(fileURLWithPath: folder.path("out.db")))
            for suffix in ["-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: folder.path("out.db\(suffix)"))
            }
            let broken = try command("--listen", folder.path("t")).run()
            #expect(broken.status == 1 && broken.errors.contains("is no SQLite database"), "\(broken.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder.path("t")))
        }
    }
}
