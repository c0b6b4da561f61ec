/// Decides on requests before their bodies are read, so that a server's memory is bounded by more than its connections.
package struct HTTPAdmission: Sendable {
    package enum Decision: Sendable {
        /// `release` is called once, when the response has been written or the client has gone.
        case admitted(release: @Sendable () -> Void)
        /// The body is not read, and the connection closed after the response.
        case refused(HTTPResponse)
    }

    /// Called with the method, the target as it was sent, and how many bytes of body may come.
    package let decide: @Sendable (_ method: String, _ target: String, _ bodySize: Int) -> Decision

    package init(decide: @escaping @Sendable (_ method: String, _ target: String, _ bodySize: Int) -> Decision) {
        self.decide = decide
    }
}
