import Foundation
import HearthHTTP
import HearthProfile
import HearthTestRuns
import Testing

extension ServingTests {
    /// Tools that this project did not write, against a service that listens: Debian's Prometheus and Go.
    @Suite(.serialized) struct ServiceToolTests {
        private func port(of service: RunningService) throws -> Int {
            try service.wait(for: "the port") { service.errors.contains("Hearth listens on 127.0.0.1:") }
            return try #require(
                service.errors.firstMatch(of: /Hearth listens on 127\.0\.0\.1:([0-9]+)/).flatMap { Int($0.1) })
        }

        @Test(.enabled(if: installed("promtool"))) func prometheusFindsNoFault() async throws {
            let service = try RunningService(["HEARTH_LISTEN": "unix"])
            let response = try await service.get("/metrics")
            #expect(response.fields["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
            let file = service.folder.path("metrics")
            try Data(response.body).write(to: URL(fileURLWithPath: file))
            var command = Command("promtool", "check", "metrics")
            command.input = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
            let outcome = try command.run()
            #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.output)\(outcome.errors)")
        }

        /// A server scrapes the service, and is asked for what it has seen.
        @Test(.enabled(if: installed("prometheus"))) func prometheusScrapesIt() async throws {
            let token = try TemporaryFolder()
            try Data("s3cret\n".utf8).write(to: URL(fileURLWithPath: token.path("token")))
            let service = try RunningService(
                [
                    "HEARTH_LISTEN": "127.0.0.1:0", "HEARTH_TOKEN_FILE": token.path("token"),
                    "HEARTH_STORE": token.path("store"),
                ])
            let port = try port(of: service)
            let configuration = """
                global: {scrape_interval: 1s}
                scrape_configs:
                  - job_name: hearth
                    authorization: {credentials_file: \(token.path("token"))}
                    static_configs: [{targets: ["127.0.0.1:\(port)"]}]
                """
            try configuration.write(toFile: service.folder.path("prometheus.yml"), atomically: true, encoding: .utf8)
            let web = try freePort()
            let prometheus = try Command(
                "prometheus", "--config.file=\(service.folder.path("prometheus.yml"))",
                "--storage.tsdb.path=\(service.folder.path("tsdb"))", "--web.listen-address=127.0.0.1:\(web)"
            ).start()
            defer {
                prometheus.signal(SIGTERM)
                _ = prometheus.wait()
            }
            let url = try HTTPURL("http://127.0.0.1:\(web)")
            func value(_ query: String) async -> Double? {
                let path = "/api/v1/query?query=\(query)"
                guard let answer = try? await RunningService.client.send(HTTPRequest(url, path: path)) else {
                    return nil
                }
                return answer.text.firstMatch(of: /"value":\[[^,]+,"([^"]+)"\]/).flatMap { Double($0.1) }
            }
            let patience = Date().addingTimeInterval(60)
            var kept: Double?
            while Date() < patience, kept ?? 0 < 1 {
                try await Task.sleep(for: .milliseconds(300))
                kept = await value("hearth_export_total%7Bwhat=%22kept%22%7D")
            }
            #expect(try #require(kept) >= 1)
            #expect(await value("up") == 1)
            #expect(try #require(await value("hearth_samples_total")) > 20)
            #expect(await value("hearth_rate_hertz") == 250)
        }

        @Test(.enabled(if: installed("go"))) func goReadsItOverTheNetwork() throws {
            let service = try RunningService(["HEARTH_LISTEN": "127.0.0.1:0"])
            let port = try port(of: service)
            let temporary = service.folder.path("go")
            for (path, wanted) in [("profile?seconds=2", "searchDocuments"), ("goroutine", "waitForTheEnd")] {
                let outcome = try Command(
                    "go", "tool", "pprof", "-symbolize=none", "-timeout=120", "-top",
                    "http://127.0.0.1:\(port)/debug/pprof/\(path)",
                    environment: ["PPROF_TMPDIR": temporary, "HOME": service.folder.url.path]
                ).run()
                #expect(outcome.status == 0, "\(outcome.errors)")
                #expect(outcome.output.contains(wanted), "\(outcome.output)\(outcome.errors)")
            }
        }

        private static func installed(_ tool: String) -> Bool {
            (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
                .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)") }
        }

        /// One that nobody listens on at this moment.
        private func freePort() throws -> Int {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    unsafe bind(descriptor, pointer, size) == 0 && getsockname(descriptor, pointer, &size) == 0
                }
            }
            try #require(bound)
            return Int(UInt16(bigEndian: address.sin_port))
        }
    }
}
