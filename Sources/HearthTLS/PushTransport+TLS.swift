public import HearthServer

extension PushTransport {
    /// HTTP/1 with TLS, for receivers behind `https:`, and without.
    ///
    /// ```swift
    /// import HearthServer
    /// import HearthTLS
    /// var serving = ServingConfiguration()
    /// serving.transport = .tls()
    /// ```
    /// - Parameter certificates: a PEM file of authorities that are trusted beside those of the system; nil for none.
    public static func tls(trusting certificates: String? = nil) -> PushTransport {
        PushTransport(TLSSender(certificates: certificates))
    }
}
