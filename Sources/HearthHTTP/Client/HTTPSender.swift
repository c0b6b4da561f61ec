/// What sends one request and gets its answer: `HTTPClient`, or a sender that speaks TLS in its place.
package protocol HTTPSender: Sendable {
    /// Returns whatever the server answers, redirects and errors too. Cancelled, it closes the connection.
    func send(_ request: HTTPRequest, limits: HTTPClientLimits) async throws(HTTPClientError) -> HTTPResponse
}

package struct HTTPClientLimits: Hashable, Sendable {
    /// For looking the name up and connecting.
    package var connectTimeout: Duration
    /// From the start to the last byte of the response.
    package var totalTimeout: Duration
    /// Bytes of a response's body; its header has at most 64 KiB.
    package var responseSize: Int

    package init(
        connectTimeout: Duration = .seconds(5), totalTimeout: Duration = .seconds(30), responseSize: Int = 16 << 20
    ) {
        self.connectTimeout = connectTimeout
        self.totalTimeout = totalTimeout
        self.responseSize = responseSize
    }
}
