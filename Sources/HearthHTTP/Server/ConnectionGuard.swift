internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes
internal import NIOHTTPTypesHTTP1

/// Holds a connection to the limits: how many there are, and how long each part of a request and its response may take. What
/// breaks one is answered here, behind the back of whoever handles the requests, and the connection closed. On the channel's
/// loop.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: HTTPServerLimits
    private let connections: ServerConnections
    private var connection: ServerConnection?
    private var deadline: Scheduled<Void>?
    /// Requests whose response is not written; more than one where a client sends ahead.
    private var unanswered = 0
    /// Whether the body of the last of them is still to come.
    private var isReading = false
    /// Whether the response of the first of them has begun.
    private var isAnswering = false
    private var hasAnswered = false
    /// Whether that response says that it is the last.
    private var isLast = false
    /// An error was answered: what comes is thrown away, what is written fails.
    private var hasEnded = false

    init(limits: HTTPServerLimits, connections: ServerConnections) {
        self.limits = limits
        self.connections = connections
    }

    func channelActive(context: ChannelHandlerContext) {
        let (connection, admission) = connections.admit(context.channel)
        self.connection = connection
        context.fireChannelActive()
        switch admission {
        case .admitted: restartClock(context)
        case .refused: end(context, status: 503, "too many connections")
        case .dropped: context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        clientIsGone()
        connections.remove(context.channel)
        deadline?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasEnded else { return }
        switch unwrapInboundIn(data) {
        case .head:
            unanswered += 1
            isReading = true
            if unanswered == 1 { restartClock(context) }
        case .body: break
        case .end:
            isReading = false
            if unanswered == 1 { restartClock(context) }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !hasEnded else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head):
            isAnswering = head.status.code >= 200
            isLast = head.headerFields[.connection] == "close"
        case .body: break
        case .end:
            let written = promise ?? context.eventLoop.makePromise()
            written.futureResult.assumeIsolated().whenSuccess { self.responseIsWritten(context) }
            context.write(data, promise: written)
            return
        }
        context.write(data, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The client has closed, or will send no more; which of the two shows only when it is written to.
        if case ChannelEvent.inputClosed = event { clientIsGone() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !hasEnded else { return }
        // A request that came behind one that is being answered has no place for an answer.
        guard let status = Self.status(error), unanswered == (isReading ? 1 : 0), !isAnswering else {
            return context.close(promise: nil)
        }
        connections.count(\.rejected)
        end(context, status: status, "\(error)")
    }

    /// Nil for what is no fault of a request.
    private static func status(_ error: any Error) -> Int? {
        switch error {
        case HTTPParserError.headerOverflow: 431
        case HTTPParserError.invalidMethod: 501
        case HTTPParserError.invalidVersion: 505
        case is HTTPParserError, is HTTP1TypeConversionError: 400
        default: nil
        }
    }

    private func clientIsGone() {
        if connection?.cancel() == true { connections.count(\.abandoned) }
    }

    private func responseIsWritten(_ context: ChannelHandlerContext) {
        unanswered -= 1
        isAnswering = false
        hasAnswered = true
        guard !hasEnded, context.channel.isActive else { return }
        if isLast { linger(context) } else { restartClock(context) }
    }

    // MARK: Time

    private func restartClock(_ context: ChannelHandlerContext) {
        let time =
            if unanswered == 0 {
                hasAnswered ? limits.idleTimeout : limits.readTimeout
            } else if isReading, unanswered == 1 {
                limits.readTimeout
            } else {
                limits.requestTimeout
            }
        schedule(context, in: time) { $0.timeIsUp($1) }
    }

    private func schedule(
        _ context: ChannelHandlerContext, in time: Duration,
        _ action: @escaping (ConnectionGuard, ChannelHandlerContext) -> Void
    ) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { action(self, context) }
    }

    private func timeIsUp(_ context: ChannelHandlerContext) {
        if isAnswering || unanswered == 0 && hasAnswered {
            if isAnswering { connections.count(\.timedOut) }
            connection?.cancel()
            context.close(promise: nil)
        } else if unanswered == 0 || isReading && unanswered == 1 {
            connections.count(\.rejected)
            end(context, status: 408, "the request did not come within the time allowed")
        } else {
            connections.count(\.timedOut)
            end(context, status: 503, "the request took longer than the time allowed")
        }
    }

    /// Answers with an error and closes.
    private func end(_ context: ChannelHandlerContext, status: Int, _ reason: String) {
        connection?.cancel()
        let response = HTTPResponse.text(reason, status: status)
        context.write(wrapOutboundOut(.head(response.head(closes: true))), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: response.body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        linger(context)
    }

    /// Closes once the client has had time to read the answer: a connection that is closed while bytes wait in it takes the
    /// answer with it.
    private func linger(_ context: ChannelHandlerContext) {
        hasEnded = true
        context.close(mode: .output, promise: nil)
        schedule(context, in: limits.lingerTimeout) { $1.close(promise: nil) }
    }
}
