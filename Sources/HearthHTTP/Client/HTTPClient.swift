internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Sends each request over a connection of its own, TCP or Unix. Redirects are not followed. Thread-safe.
package final class HTTPClient: HTTPSender {
    private let loops: HTTPEventLoops

    /// - Parameter loops: whose threads carry the connections; without it the client has one of its own, started by the first
    ///   request and ended with the client.
    package init(loops: HTTPEventLoops = HTTPEventLoops()) { self.loops = loops }

    package func send(
        _ request: HTTPRequest, limits: HTTPClientLimits = HTTPClientLimits()
    ) async throws(HTTPClientError) -> HTTPResponse {
        let url = request.url
        guard !url.usesTLS else { throw HTTPClientError(.needsTLS, url) }
        let head = try Self.head(of: request)
        guard !Task.isCancelled else { throw HTTPClientError(.cancelled, url) }
        guard let group = loops.group() else { throw HTTPClientError(.shutDown, url) }
        let loop = group.next()
        let answer = loop.makePromise(of: HTTPResponse.self)
        let connection = ClientConnection(loop: loop, answer: answer)
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(limits.connectTimeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    var decoding = NIOHTTPDecoderLimitConfiguration()
                    decoding.maxHeaderFieldSize = HTTPExchange.headerSize
                    decoding.maxHeaderListSize = HTTPExchange.headerSize
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(HTTPRequestEncoder())
                    try pipeline.addHandler(ByteToMessageHandler(HTTPResponseDecoder(limitConfiguration: decoding)))
                    try pipeline.addHandler(
                        HTTPExchange(head, body: request.body, limit: limits.responseSize, answer: answer))
                }
            }
        do {
            return try await withTaskCancellationHandler {
                connection.run(bootstrap, to: url.address, within: TimeAmount(limits.totalTimeout))
                return try await answer.futureResult.get()
            } onCancel: {
                connection.end(ExchangeFailure.cancelled)
            }
        } catch {
            throw HTTPClientError(HTTPClientError.Reason(error), url)
        }
    }

    private static func head(of request: HTTPRequest) throws(HTTPClientError) -> HTTPRequestHead {
        var fields = request.fields
        fields["Host"] = fields["Host"] ?? request.url.hostField
        fields["Connection"] = "close"
        if !request.body.isEmpty || request.method != "GET" && request.method != "HEAD" {
            fields["Content-Length"] = "\(request.body.count)"
        }
        if fields["Authorization"] == nil { fields["Authorization"] = request.url.authorization?.exposed }
        if let name = fields.firstUnsendable {
            throw HTTPClientError(
                .unsendable("the field '\(percentEncoded(name))' has characters no field has"), request.url)
        }
        guard !request.method.isEmpty, request.method.utf8.allSatisfy({ $0 >= 0x41 && $0 <= 0x5a }) else {
            throw HTTPClientError(.unsendable("its method is not in capital letters"), request.url)
        }
        guard request.path.hasPrefix("/"), request.path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw HTTPClientError(.unsendable("its path is not percent-encoded"), request.url)
        }
        return HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: request.method), uri: request.url.prefix + request.path,
            headers: HTTPHeaders(fields.fields.map { ($0.name, $0.value) }))
    }
}

extension TimeAmount {
    /// Nanoseconds fit 292 years; what is longer counts as that.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let whole = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        self = .nanoseconds(whole.overflow ? .max : whole.partialValue &+ attoseconds / 1_000_000_000)
    }
}
