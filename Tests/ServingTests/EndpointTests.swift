import Foundation
import HearthHTTP
import HearthProfile
import HearthTestRuns
import Testing

extension ServingTests {
    /// What a service that listens answers.
    @Suite(.serialized) struct EndpointTests {
        @Test func aProfileByGosConventions() async throws {
            let service = try RunningService(["HEARTH_LISTEN": "unix"])
            let response = try await service.get("/debug/pprof/profile?seconds=2")
            #expect(response.status == 200)
            #expect(response.fields["Content-Type"] == "application/octet-stream")
            #expect(response.fields["Content-Disposition"] == "attachment; filename=\"profile\"")
            #expect(response.fields["Content-Encoding"] == nil && response.body.starts(with: [0x1F, 0x8B]))
            let profile = try response.profile()
            #expect(profile.samples(through: "searchDocuments(milliseconds:)") > 10)
            #expect(profile.sampleTypes == [.samples, .cpu] && profile.defaultSampleType == 1)
            let seconds = Double(profile.duration) * 1e-9
            #expect(seconds > 1.5 && seconds < 10)
            #expect(profile.images.contains { !$0.buildID.isEmpty && $0.name == "HearthServiceHost" })
            #expect(service.stop().status == 0)
        }

        @Test func whatIsWrongIsSaidAsGoDoes() async throws {
            let service = try RunningService(["HEARTH_LISTEN": "unix"])
            let wrong: [(String, Int, String)] = [
                ("/debug/pprof/profile?seconds=0", 400, "seconds=0 is not from 1 to 3600\n"),
                ("/debug/pprof/profile?seconds=soon", 400, "seconds=soon is not a number\n"),
                (
                    "/debug/pprof/profile?seconds=1&debug=1", 400,
                    "seconds and debug do not go together: a profile over time is pprof\n"
                ),
                (
                    "/debug/pprof/goroutine?seconds=1", 400,
                    "seconds is for /debug/pprof/profile: threads are looked at once\n"
                ),
                ("/debug/pprof/allocs", 404, "there is no profile 'allocs' yet; there are profile and goroutine\n"),
                (
                    "/debug/pprof/mutex?seconds=5", 404,
                    "there is no profile 'mutex' yet; there are profile and goroutine\n"
                ),
                ("/debug/pprof/nothing", 404, "nothing is served at this path; see /debug/pprof/\n"),
            ]
            for (path, status, text) in wrong {
                let response = try await service.get(path)
                #expect(response.status == status && response.text == text, "\(path)")
                #expect(response.fields["X-Go-Pprof"] == "1", "\(path)")
                #expect(response.fields["Content-Type"] == "text/plain; charset=utf-8", "\(path)")
            }
            let post = try await service.get("/metrics", method: "POST")
            #expect(post.status == 405 && post.fields["Allow"] == "GET, HEAD")
            let index = try await service.get("/debug/pprof/")
            #expect(index.status == 200 && index.text.contains("/debug/pprof/profile?seconds=30"))
            #expect(try await service.get("/healthz").text == "ok\n")
        }

        @Test func threadsRunningAndWaiting() async throws {
            let service = try RunningService(["HEARTH_LISTEN": "unix"])
            let profile = try await service.get("/debug/pprof/goroutine").profile()
            #expect(profile.sampleTypes == [.threads])
            #expect(profile.total(column: 0) >= 3)
            #expect(profile.samples(through: "waitForTheEnd") == 1)
            #expect(
                profile.labels.sets.contains { $0["thread"] == .text("idle-waiter") && $0["state"] == .text("waiting") }
            )
            let text = try await service.get("/debug/pprof/goroutine?debug=1").text
            #expect(text.contains("thread=idle-waiter") && text.contains("waitForTheEnd"))
            // And the clock's own samples are as they were.
            let after = try await service.get("/debug/pprof/profile?seconds=1").profile()
            #expect(after.samples(through: "waitForTheEnd") == 0 && after.samples(through: "searchDocuments") > 5)
            #expect(service.stop().status == 0)
        }

        @Test func threadsWithTheWallClock() async throws {
            let service = try RunningService(["HEARTH_LISTEN": "unix", "HEARTH_CLOCKS": "cpu,wall"])
            // Each thread is looked at some times a second; on a busy machine later.
            let patience = Date().addingTimeInterval(30)
            var waiting: Int64 = 0
            while waiting != 1, Date() < patience {
                usleep(200_000)
                waiting = try await service.get("/debug/pprof/goroutine").profile().samples(through: "waitForTheEnd")
            }
            #expect(waiting == 1)
            let recorded = try await service.get("/debug/pprof/profile?seconds=1").profile()
            #expect(recorded.sampleTypes.map(\.type) == ["samples", "cpu", "wall"])
        }

        @Test func aTokenIsAskedFor() async throws {
            let folder = try TemporaryFolder()
            try Data("s3cret\n".utf8).write(to: URL(fileURLWithPath: folder.path("token")))
            let service = try RunningService(
                ["HEARTH_LISTEN": "unix", "HEARTH_TOKEN_FILE": folder.path("token")], in: folder)
            for wrong in [nil, "Bearer", "Bearer ", "Bearer s3cre", "Bearer s3crets", "Basic s3cret", "s3cret"] {
                let fields: HTTPFieldList = wrong.map { ["Authorization": $0] } ?? [:]
                let response = try await service.get("/metrics", fields: fields)
                #expect(response.status == 401 && response.fields["WWW-Authenticate"] == "Bearer", "\(wrong ?? "none")")
                #expect(!response.text.contains("hearth_"))
            }
            #expect(try await service.get("/metrics", fields: ["Authorization": "Bearer s3cret"]).status == 200)
            #expect(try await service.get("/metrics", fields: ["Authorization": "bearer s3cret"]).status == 200)
            #expect(try await service.get("/healthz").status == 200)
            #expect(service.errors.contains("(token ***)") && !service.errors.contains("s3cret"))
        }

        @Test func aTokenThatCannotBeReadClosesTheEndpoints() throws {
            let service = try RunningService(["HEARTH_LISTEN": "unix", "HEARTH_TOKEN_FILE": "/nowhere/token"])
            let outcome = service.stop()
            #expect(outcome.status == 0)
            #expect(outcome.errors.contains("no token can be read") && !outcome.errors.contains("listens on"))
        }

        @Test func aHundredClientsAtOnce() async throws {
            let service = try RunningService(["HEARTH_LISTEN": "unix"])
            let url = try service.listening()
            let profiles = try await withThrowingTaskGroup(of: Int64.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        let request = HTTPRequest(url, path: "/debug/pprof/profile?seconds=2")
                        let response = try await RunningService.client.send(request)
                        guard response.status == 200 else { throw RunningService.Failure(description: response.text) }
                        return try response.profile().samples(through: "searchDocuments")
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(profiles.count == 100 && profiles.allSatisfy { $0 > 20 })
            // Samples were neither lost nor counted twice on the way.
            let outcome = service.stop()
            #expect(outcome.status == 0 && outcome.output.contains("done "))
        }

        @Test func itListensWhereItIsTold() async throws {
            let service = try RunningService(["HEARTH_LISTEN": "127.0.0.1:0"])
            try service.wait(for: "the port") { service.errors.contains("Hearth listens on 127.0.0.1:") }
            let port = try #require(service.errors.firstMatch(of: /Hearth listens on 127\.0\.0\.1:([0-9]+)/)?.1)
            let response = try await RunningService.client.send(
                HTTPRequest(try HTTPURL("http://127.0.0.1:\(port)"), path: "/healthz"))
            #expect(response.text == "ok\n")
            // A page in a browser that has named the address otherwise gets nothing.
            for (host, status) in [
                ("evil.example:\(port)", 403), ("localhost:\(port)", 200), ("[::1]:\(port)", 200), ("", 403),
            ] {
                let named = try await RunningService.client.send(
                    HTTPRequest(try HTTPURL("http://127.0.0.1:\(port)"), path: "/metrics", fields: ["Host": host]))
                #expect(named.status == status, "\(host)")
            }
            let second = try RunningService(["HEARTH_LISTEN": "127.0.0.1:\(port)"])
            try second.wait(for: "the refusal") { second.errors.contains("another process listens there") }
            #expect(second.stop().status == 0)
        }

        @Test(arguments: [
            ("HEARTH_LISTEN", "everywhere", "nothing is served: cannot use 'everywhere' as an address"),
            ("HEARTH_PYROSCOPE_URL", "ftp://user:s3cret@x", "nothing is pushed: cannot use"),
            ("HEARTH_SPOOL_SIZE", "1", "HEARTH_SPOOL_SIZE=1 is not a size from 1MiB on"),
        ]) func wrongSettingsAreSaidAndNotUsed(variable: String, text: String, warning: String) throws {
            let service = try RunningService([variable: text])
            let outcome = service.stop()
            #expect(outcome.status == 0)
            #expect(outcome.errors.contains(warning) && !outcome.errors.contains("s3cret"))
            #expect(outcome.errors.components(separatedBy: warning).count == 2)
        }
    }
}
