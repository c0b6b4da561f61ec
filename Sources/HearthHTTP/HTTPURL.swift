/// What a client speaks to: `http://host:port/prefix`, `https://…`, or `unix:/path`. User and password in it become the
/// `authorization`; they are never printed.
package struct HTTPURL: Hashable, CustomStringConvertible, Sendable {
    package let address: HTTPAddress
    /// Whether it needs a sender that speaks TLS.
    package let usesTLS: Bool
    /// What stands before every path; empty, or begins with `/` and ends without.
    package let prefix: String
    /// The value of `Authorization` that user and password in the URL ask for.
    package let authorization: HTTPSecret?

    package init(address: HTTPAddress) {
        self.init(address: address, usesTLS: false, prefix: "", authorization: nil)
    }

    private init(address: HTTPAddress, usesTLS: Bool, prefix: String, authorization: HTTPSecret?) {
        self.address = address
        self.usesTLS = usesTLS
        self.prefix = prefix
        self.authorization = authorization
    }

    package init(_ text: String) throws(HTTPURLError) {
        if text.hasPrefix("unix:") || text.hasPrefix("/") {
            self.init(address: try Self.address(text, in: text))
            return
        }
        let usesTLS: Bool
        let rest: Substring
        if text.lowercased().hasPrefix("http://") {
            usesTLS = false
            rest = text.dropFirst("http://".count)
        } else if text.lowercased().hasPrefix("https://") {
            usesTLS = true
            rest = text.dropFirst("https://".count)
        } else {
            throw HTTPURLError(text, "it begins with neither http:// nor https:// nor unix:")
        }
        let authorityEnd = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        var path = rest[authorityEnd...]
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        else { throw HTTPURLError(text, "it has a query, a fragment, or characters that are not percent-encoded") }
        while path.hasSuffix("/") { path.removeLast() }

        var host = rest[..<authorityEnd]
        var authorization: HTTPSecret?
        if let at = host.lastIndex(of: "@") {
            let parts = host[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let user = percentDecoded(parts[0]), let password = percentDecoded(parts.count > 1 ? parts[1] : "")
            else { throw HTTPURLError(text, "the user or the password has a % without two hexadecimal digits") }
            authorization = basicAuthorization(user: user, password: password)
            host = host[host.index(after: at)...]
        }
        guard !host.isEmpty, !host.hasPrefix(":") else { throw HTTPURLError(text, "it has no host") }
        let hasPort = host.hasPrefix("[") ? host.contains("]:") : host.contains(":")
        let address = try Self.address(hasPort ? String(host) : "\(host):\(usesTLS ? 443 : 80)", in: text)
        self.init(address: address, usesTLS: usesTLS, prefix: String(path), authorization: authorization)
    }

    private static func address(_ part: String, in text: String) throws(HTTPURLError) -> HTTPAddress {
        do {
            return try HTTPAddress(part)
        } catch {
            throw HTTPURLError(text, error.reason.rawValue)
        }
    }

    /// With `***` in the place of user and password.
    package var description: String {
        guard case .tcp = address else { return address.description }
        return "\(usesTLS ? "https" : "http")://\(authorization == nil ? "" : "***@")\(address)\(prefix)"
    }

    /// The value of `Host`.
    var hostField: String {
        guard case .tcp = address else { return "localhost" }
        return address.description
    }
}

/// A text that is no URL for a client.
package struct HTTPURLError: Error, Hashable, CustomStringConvertible, Sendable {
    /// The text, without what may be secret in it.
    package var text: String
    package var reason: String

    init(_ text: String, _ reason: String) {
        self.text = Self.redacted(text)
        self.reason = reason
    }

    /// One line.
    package var description: String {
        "cannot use '\(text)' as a URL: \(reason); write http://host:port, http://host:port/prefix or unix:/path"
    }

    /// Everything before the last `@` and behind a `?` may be a secret, also where the text is no URL.
    private static func redacted(_ text: String) -> String {
        let scheme = ["http://", "https://"].first { text.lowercased().hasPrefix($0) } ?? ""
        let at = text.lastIndex(of: "@")
        var shown = at.map { text[$0...] } ?? text[...]
        if let query = shown.firstIndex(where: { "?#".contains($0) }) { shown = shown[...query] + "***" }
        return at == nil ? String(shown) : "\(scheme)***\(shown)"
    }
}
