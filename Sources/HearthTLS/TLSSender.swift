internal import AsyncHTTPClient
internal import Dispatch
internal import HearthHTTP
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// Sends requests by async-http-client, each over a connection of its own, with TLS where the URL wants it. Thread-safe.
final class TLSSender: HTTPSender {
    private let certificates: String?
    /// Made by the first request: it brings threads along.
    private let client = Mutex<AsyncHTTPClient.HTTPClient?>(nil)

    init(certificates: String?) { self.certificates = certificates }

    deinit {
        // Its own queue: this may be one of its threads.
        client.withLock { $0 }?.shutdown(queue: .global()) { _ in }
    }

    func send(
        _ request: HTTPRequest, limits: HTTPClientLimits
    ) async throws(HearthHTTP.HTTPClientError) -> HTTPResponse {
        do {
            let client = try openClient()
            var message = HTTPClientRequest(url: Self.text(of: request))
            message.method = HTTPMethod(rawValue: request.method)
            for field in request.fields.fields { message.headers.add(name: field.name, value: field.value) }
            if request.fields["Authorization"] == nil, let secret = request.url.authorization {
                message.headers.replaceOrAdd(name: "Authorization", value: secret.exposed)
            }
            message.headers.replaceOrAdd(name: "Connection", value: "close")
            if !request.body.isEmpty { message.body = .bytes(request.body) }
            let answer = try await client.execute(message, timeout: Self.amount(limits.totalTimeout))
            let body = try await answer.body.collect(upTo: limits.responseSize)
            var fields = HTTPFieldList()
            for header in answer.headers { fields.append(header.name, header.value) }
            return HTTPResponse(status: Int(answer.status.code), fields: fields, body: Array(body.readableBytesView))
        } catch {
            throw HearthHTTP.HTTPClientError(Self.reason(error, limits), request.url)
        }
    }

    private func openClient() throws -> AsyncHTTPClient.HTTPClient {
        try client.withLock { client in
            if let client { return client }
            var configuration = AsyncHTTPClient.HTTPClient.Configuration()
            configuration.redirectConfiguration = .disallow
            configuration.httpVersion = .http1Only
            configuration.timeout.connect = .seconds(5)
            var tls = TLSConfiguration.makeClientConfiguration()
            if let certificates {
                tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(certificates))]
            }
            configuration.tlsConfiguration = tls
            let new = AsyncHTTPClient.HTTPClient(
                eventLoopGroupProvider: .singleton, configuration: configuration)
            client = new
            return new
        }
    }

    private static func text(of request: HTTPRequest) -> String {
        "\(request.url.usesTLS ? "https" : "http")://\(request.url.address)\(request.url.prefix)\(request.path)"
    }

    private static func amount(_ duration: Duration) -> TimeAmount {
        .nanoseconds(Int64(clamping: duration.components.seconds) * 1_000_000_000)
    }

    private static func reason(_ error: any Error, _ limits: HTTPClientLimits) -> HearthHTTP.HTTPClientError.Reason {
        switch error {
        case is CancellationError: .cancelled
        case let error as AsyncHTTPClient.HTTPClientError:
            switch error {
            case .connectTimeout: .connectTimedOut
            case .deadlineExceeded, .readTimeout: .timedOut
            case .remoteConnectionClosed: .closedEarly
            case .cancelled: .cancelled
            default: .malformed("\(error)")
            }
        case is NIOTooManyBytesError: .tooLarge(limits.responseSize)
        case is NIOSSLError, is BoringSSLError: .untrusted("\(error)")
        case let error as NIOConnectionError:
            if let failure = error.connectionErrors.first {
                reason(failure.error, limits)
            } else {
                .cannotResolve
            }
        case let error as IOError: error.errnoCode == 111 ? .refused : .system(error.errnoCode)
        default: .untrusted("\(error)")
        }
    }
}
