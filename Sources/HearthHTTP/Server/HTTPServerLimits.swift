/// What a server lets its clients do.
package struct HTTPServerLimits: Hashable, Sendable {
    /// Connections at once. One more gets 503 and is closed; far more are closed without a word.
    package var connections: Int
    /// Bytes of a request's line and header, and of each field: 431 above.
    package var headerSize: Int
    /// Bytes of a request's body: 413 above.
    package var bodySize: Int
    /// From the connection, or from the header, until the request is whole: 408, whoever dribbles it.
    package var readTimeout: Duration
    /// Between two requests of a connection.
    package var idleTimeout: Duration
    /// From the whole request to the last byte of the response: 503 where no response has begun, and the handler's task is
    /// cancelled.
    package var requestTimeout: Duration
    /// How long a connection that was answered with an error may go on sending, so that it reads the answer.
    package var lingerTimeout: Duration

    package init(
        connections: Int = 128, headerSize: Int = 16 << 10, bodySize: Int = 1 << 20,
        readTimeout: Duration = .seconds(10),
        idleTimeout: Duration = .seconds(30), requestTimeout: Duration = .seconds(120),
        lingerTimeout: Duration = .seconds(1)
    ) {
        self.connections = connections
        self.headerSize = headerSize
        self.bodySize = bodySize
        self.readTimeout = readTimeout
        self.idleTimeout = idleTimeout
        self.requestTimeout = requestTimeout
        self.lingerTimeout = lingerTimeout
    }
}

/// What a server counted since its start.
package struct HTTPServerStatistics: Hashable, Sendable {
    /// Connections that are open now.
    package var open = 0
    /// Connections that came, refused ones too.
    package var accepted = 0
    /// Connections over the limit.
    package var refused = 0
    /// Requests that reached the handler.
    package var handled = 0
    /// Requests that were answered before the handler: malformed, too large, too slow.
    package var rejected = 0
    /// Requests whose response took too long.
    package var timedOut = 0
    /// Handlers that threw.
    package var failed = 0
    /// Clients that went before their response was written.
    package var abandoned = 0
}
