import Foundation
import HearthHTTP
import HearthServer
import HearthTLS
import HearthTestRuns
import Testing

/// Pushes over TLS to a receiver of Python's, with certificates that are made for the test.
@Suite(.serialized, .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")))
struct TLSSenderTests {
    /// Answers each POST with the length of its body, behind a certificate for `localhost`.
    private final class Receiver {
        let folder: TemporaryFolder
        let running: Command.Running
        let port: Int

        init() throws {
            folder = try TemporaryFolder()
            let made = try Command(
                "/usr/bin/openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost", "-keyout", folder.path("key.pem"), "-out",
                folder.path("certificate.pem")
            ).run()
            try #require(made.status == 0, "\(made.errors)")
            let script = """
                import http.server, ssl
                class Handler(http.server.BaseHTTPRequestHandler):
                    def do_POST(self):
                        body = self.rfile.read(int(self.headers['Content-Length']))
                        if self.path.endswith('/redirect'):
                            self.send_response(302); self.send_header('Location', '/elsewhere')
                        else:
                            self.send_response(200); self.send_header('Seen', self.headers.get('Authorization', 'none'))
                        text = b'%d' % len(body)
                        self.send_header('Content-Length', str(len(text))); self.end_headers(); self.wfile.write(text)
                    def log_message(self, *arguments): pass
                server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain('certificate.pem', 'key.pem')
                server.socket = context.wrap_socket(server.socket, server_side=True)
                print(server.server_address[1], flush=True)
                server.serve_forever()
                """
            try script.write(toFile: folder.path("receiver.py"), atomically: true, encoding: .utf8)
            running = try Command("/usr/bin/python3", "receiver.py", in: folder.url).start()
            let patience = Date().addingTimeInterval(30)
            while running.outputSoFar.isEmpty, Date() < patience { usleep(20_000) }
            port = try #require(Int(running.outputSoFar.trimmingCharacters(in: .whitespacesAndNewlines)))
        }

        deinit {
            running.signal(SIGKILL)
            _ = running.wait()
        }
    }

    private func send(
        _ transport: PushTransport, _ url: String, path: String = "/push", size: Int = 100_000
    ) async throws -> HTTPResponse {
        let request = HTTPRequest(
            try HTTPURL(url), method: "POST", path: path, body: Array(repeating: 7, count: size))
        return try await transport.sender.send(request, limits: HTTPClientLimits(totalTimeout: .seconds(30)))
    }

    @Test func aReceiverThatIsTrustedGetsThePush() async throws {
        let receiver = try Receiver()
        let transport = PushTransport.tls(trusting: receiver.folder.path("certificate.pem"))
        let response = try await send(transport, "https://user:s3cret@localhost:\(receiver.port)")
        #expect(response.status == 200 && response.body == Array("100000".utf8))
        #expect(response.fields["Seen"] == "Basic dXNlcjpzM2NyZXQ=")
        let redirect = try await send(transport, "https://localhost:\(receiver.port)", path: "/redirect")
        #expect(redirect.status == 302)
    }

    @Test func whoIsNotTrustedGetsNothing() async throws {
        let receiver = try Receiver()
        for transport in [PushTransport.tls(), .tls(trusting: receiver.folder.path("certificate.pem"))] {
            // The second trusts the certificate, which is for another name.
            let host = "127.0.0.1"
            let error = await #expect(throws: HTTPClientError.self) {
                _ = try await send(transport, "https://\(host):\(receiver.port)")
            }
            guard case .untrusted = try #require(error).reason else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect("\(try #require(error))".contains("cannot trust https://"))
        }
    }

    @Test func whoIsNotThereIsSaid() async throws {
        let error = await #expect(throws: HTTPClientError.self) {
            _ = try await send(.tls(), "https://localhost:1", size: 1)
        }
        let reason = try #require(error).reason
        #expect([.refused, .connectTimedOut].contains(reason), "\(reason)")
        let plain = await #expect(throws: HTTPClientError.self) {
            _ = try await send(.plain, "https://localhost:1", size: 1)
        }
        #expect(try #require(plain).reason == .needsTLS)
    }

    @Test func aFileThatHoldsNoCertificateIsSaid() async throws {
        let error = await #expect(throws: HTTPClientError.self) {
            _ = try await send(.tls(trusting: "/nowhere.pem"), "https://localhost:1", size: 1)
        }
        guard case .untrusted = try #require(error).reason else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
