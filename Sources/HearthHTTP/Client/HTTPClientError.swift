/// Why a request got no response. Prints as one line, without secrets.
package struct HTTPClientError: Error, Hashable, CustomStringConvertible, Sendable {
    package enum Reason: Hashable, Sendable {
        /// The host has no address.
        case cannotResolve
        /// Nobody listens there, or the socket file is not there.
        case refused
        /// Any other failure of the system, by its error number.
        case system(Int32)
        case connectTimedOut
        case timedOut
        /// The connection ended before the response did.
        case closedEarly
        /// The answer is not HTTP.
        case malformed(String)
        /// The body is longer than this many bytes.
        case tooLarge(Int)
        /// The header of the response is longer than 64 KiB.
        case headerTooLarge
        case cancelled
        /// The request has a field, a path or a method that cannot be sent.
        case unsendable(String)
        /// The URL is `https:` and this client speaks no TLS.
        case needsTLS
        /// TLS found no trust: the certificate, or what was agreed on.
        case untrusted(String)
        /// The event loops were shut down.
        case shutDown
    }

    package var reason: Reason
    package var url: HTTPURL

    package init(_ reason: Reason, _ url: HTTPURL) {
        self.reason = reason
        self.url = url
    }

    /// Whether a later try of the same request may work.
    package var isTransient: Bool {
        switch reason {
        case .unsendable, .needsTLS, .shutDown, .cancelled, .tooLarge, .headerTooLarge: false
        default: true
        }
    }

    package var description: String {
        switch reason {
        case .cannotResolve: "cannot reach \(url): its host has no address; check the name and the resolver"
        case .refused: "cannot reach \(url): nothing listens there; start it, or check host and port"
        case .system(let code): "cannot reach \(url): \(SystemCode.text(code))"
        case .connectTimedOut: "cannot reach \(url): no connection within the time allowed"
        case .timedOut: "\(url) did not answer within the time allowed"
        case .closedEarly: "\(url) closed the connection before its response was whole"
        case .malformed(let what): "\(url) does not speak HTTP/1: \(what)"
        case .tooLarge(let limit): "\(url) answered with more than \(limit) bytes"
        case .headerTooLarge: "\(url) answered with a header of more than 64 KiB"
        case .cancelled: "the request to \(url) was cancelled"
        case .unsendable(let what): "cannot send a request to \(url): \(what)"
        case .needsTLS: "cannot reach \(url): this client speaks no TLS; use http: or a sender with TLS"
        case .untrusted(let what):
            "cannot trust \(url): \(what); name the authority's certificate to the sender, or mend the receiver's"
        case .shutDown: "cannot reach \(url): the client was shut down"
        }
    }
}
