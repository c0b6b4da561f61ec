internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// What ends an exchange besides the system's errors and the parser's.
enum ExchangeFailure: Error {
    case timedOut, closedEarly, cancelled
    case tooLarge(Int)
}

/// Writes the request when the channel is connected and collects the response. On the channel's loop.
final class HTTPExchange: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    /// Bytes of a response's header, and of a field.
    static let headerSize = 64 << 10

    private let head: HTTPRequestHead
    private let body: [UInt8]
    private let limit: Int
    private let answer: EventLoopPromise<HTTPResponse>
    private var response: HTTPResponse?

    init(_ head: HTTPRequestHead, body: [UInt8], limit: Int, answer: EventLoopPromise<HTTPResponse>) {
        self.head = head
        self.body = body
        self.limit = limit
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !body.isEmpty {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        }
        // A write that fails does not end it: the server may have answered before it closed.
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            let fields = head.headers.reduce(into: HTTPFieldList()) { $0.append($1.name, $1.value) }
            response = HTTPResponse(status: Int(head.status.code), fields: fields)
            if let length = fields["Content-Length"].flatMap({ Int($0) }), length > limit, self.head.method != .HEAD {
                answer.fail(ExchangeFailure.tooLarge(limit))
            }
        case .body(let buffer):
            guard response != nil else { return }
            guard response!.body.count + buffer.readableBytes <= limit else {
                response = nil
                return answer.fail(ExchangeFailure.tooLarge(limit))
            }
            response!.body.append(contentsOf: buffer.readableBytesView)
        case .end:
            if let response { answer.succeed(response) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { answer.fail(error) }

    func channelInactive(context: ChannelHandlerContext) {
        answer.fail(ExchangeFailure.closedEarly)
        context.fireChannelInactive()
    }
}

extension HTTPClientError.Reason {
    init(_ error: any Error) {
        switch error {
        case let failure as ExchangeFailure:
            switch failure {
            case .timedOut: self = .timedOut
            case .closedEarly: self = .closedEarly
            case .cancelled: self = .cancelled
            case .tooLarge(let limit): self = .tooLarge(limit)
            }
        case let error as NIOConnectionError: self.init(connecting: error)
        case let error as IOError: self.init(code: error.errnoCode)
        case HTTPParserError.headerOverflow: self = .headerTooLarge
        case HTTPParserError.invalidEOFState: self = .closedEarly
        case let error as HTTPParserError: self = .malformed("\(error)")
        case ChannelError.connectTimeout: self = .connectTimedOut
        case is CancellationError: self = .cancelled
        case is SocketAddressError, is SocketAddressError.UnknownHost: self = .cannotResolve
        case is ChannelError: self = .closedEarly
        default: self = .malformed("\(error)")
        }
    }

    /// Every address of the host was tried: the first failure tells.
    private init(connecting error: NIOConnectionError) {
        if let failure = error.connectionErrors.first {
            self.init(failure.error)
        } else {
            self = .cannotResolve
        }
    }

    private init(code: Int32) {
        switch code {
        case SystemCode.refused, SystemCode.noFile: self = .refused
        case SystemCode.reset, SystemCode.brokenPipe: self = .closedEarly
        case SystemCode.timedOut: self = .connectTimedOut
        default: self = .system(code)
        }
    }
}
