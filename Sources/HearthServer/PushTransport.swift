package import HearthHTTP

/// What carries pushes.
public struct PushTransport: Sendable {
    package let sender: any HTTPSender

    package init(_ sender: any HTTPSender) { self.sender = sender }

    /// HTTP/1 without TLS. For `https:` there is `PushTransport.tls`, of `HearthTLS`.
    public static var plain: PushTransport { PushTransport(HTTPClient()) }
}
