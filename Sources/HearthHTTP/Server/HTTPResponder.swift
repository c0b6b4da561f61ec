internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTPTypes

/// Between Hummingbird and a handler: reads the body, runs the handler in a task that ends when its client goes, and writes
/// the response.
struct HTTPResponder: Sendable {
    let limits: HTTPServerLimits
    let connections: ServerConnections
    let admission: HTTPAdmission?
    let handler: HTTPServer.Handler

    /// Answers one request; throws where the connection is not to be used again.
    @concurrent func respond(_ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel)
        async throws
    {
        guard let connection = connections.connection(of: channel) else { throw ChannelError.alreadyClosed }
        let isHead = request.method == .head
        let isLast = request.headers[.connection]?.lowercased() == "close"
        // Hummingbird reads the rest of a body before the next request: what is too long is not worth it.
        guard request.head.contentLength ?? 0 <= limits.bodySize else {
            return try await reject(413, "the body is too long", isHead, writer)
        }
        var release: (@Sendable () -> Void)?
        // A body that does not say its length may become as long as any.
        let isChunked = request.headers[.transferEncoding] != nil
        let bodySize = request.head.contentLength ?? (isChunked ? limits.bodySize : 0)
        switch admission?.decide(request.method.rawValue, request.head.path ?? "", bodySize) {
        case .admitted(let whenDone)?: release = whenDone
        case .refused(let response)?:
            connections.count(\.rejected)
            return try await write(response, isHead: isHead, closes: true, writer)
        case nil: break
        }
        defer { release?() }
        if request.headers[.expect]?.lowercased() == "100-continue" {
            try await writer.writeInformationalHead(HTTPTypes.HTTPResponse(status: .continue))
        }
        let body: [UInt8]
        do {
            body = Array(try await request.body.collect(upTo: limits.bodySize).readableBytesView)
        } catch is NIOTooManyBytesError {
            return try await reject(413, "the body is too long", isHead, writer)
        }
        guard let request = HTTPServerRequest(request.head, body: body), request.method != "CONNECT" else {
            return try await reject(400, "the path or the query is malformed", isHead, writer)
        }
        connections.count(\.handled)
        let response = await run(request, connection)
        try await write(response, isHead: isHead, closes: isLast, writer)
    }

    private func run(_ request: HTTPServerRequest, _ connection: ServerConnection) async -> HTTPResponse {
        let handler = handler
        let task = Task { try await handler(request) }
        connection.begin { task.cancel() }
        defer { connection.finish() }
        do {
            return try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        } catch is CancellationError {
            return .text("cancelled", status: 503)
        } catch {
            connections.count(\.failed)
            return .text("internal error", status: 500)
        }
    }

    @concurrent private func reject(
        _ status: Int, _ reason: String, _ isHead: Bool, _ writer: consuming ResponseWriter
    ) async throws {
        connections.count(\.rejected)
        try await write(.text(reason, status: status), isHead: isHead, closes: true, writer)
    }

    @concurrent private func write(
        _ response: HTTPResponse, isHead: Bool, closes: Bool, _ writer: consuming ResponseWriter
    ) async throws {
        let head = response.head(closes: closes)
        if isHead || response.body.isEmpty || !response.mayHaveBody {
            try await writer.writeResponse(head)
        } else {
            try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: response.body)))
        }
    }
}

extension HTTPTypes.HTTPRequest {
    fileprivate var contentLength: Int? { headerFields[.contentLength].flatMap { Int($0) } }
}

extension HTTPServerRequest {
    /// Nil where the path or the query is not what they should be.
    fileprivate init?(_ head: HTTPTypes.HTTPRequest, body: [UInt8]) {
        let target = head.path ?? ""
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = parts.first.flatMap({ percentDecoded($0) }), path.hasPrefix("/") || path == "*",
            !path.utf8.contains(0)
        else { return nil }
        var query: [QueryItem] = []
        for item in parts.dropFirst().first?.split(separator: "&") ?? [] {
            let sides = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = percentDecoded(sides[0], plusIsSpace: true),
                let value = percentDecoded(sides.count > 1 ? sides[1] : "", plusIsSpace: true)
            else { return nil }
            query.append(QueryItem(name: name, value: value))
        }
        var fields = HTTPFieldList()
        if let authority = head.authority { fields.append("Host", authority) }
        for field in head.headerFields { fields.append(field.name.rawName, field.value) }
        self.init(method: head.method.rawValue, path: path, query: query, fields: fields, body: body)
    }
}

extension HTTPResponse {
    /// 204 and 304 end with their header.
    var mayHaveBody: Bool { status != 204 && status != 304 }

    /// The head as it is sent. A field that could begin another is left out, and a status that is none becomes 500.
    func head(closes: Bool) -> HTTPTypes.HTTPResponse {
        var head = HTTPTypes.HTTPResponse(status: .init(code: (200...599).contains(status) ? status : 500))
        for field in fields.fields where HTTPField.isValidValue(field.value) {
            if let name = HTTPField.Name(field.name) {
                head.headerFields.append(HTTPField(name: name, value: field.value))
            }
        }
        head.headerFields[.transferEncoding] = nil
        head.headerFields[.contentLength] = mayHaveBody ? "\(body.count)" : nil
        if closes { head.headerFields[.connection] = "close" }
        return head
    }
}
