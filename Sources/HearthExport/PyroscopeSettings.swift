package import HearthHTTP

/// Where profiles are pushed, and how much is kept while that is not possible. Prints without secrets.
package struct PyroscopeSettings: Sendable {
    /// Of the server, without the path of its interface. User and password in it are sent as basic authorization.
    package var url: HTTPURL
    /// Sent as `X-Scope-OrgID`.
    package var tenant: String?
    /// A file with a bearer token, read for each push.
    package var tokenFile: String?
    /// More labels for every series; they win over those of the process.
    package var labels: [String: String] = [:]
    /// A folder for what cannot be sent; nil keeps it in memory only.
    package var spoolFolder: String?
    /// Bytes in the spool of one process; the oldest go beyond.
    package var spoolBytes = 64 << 20
    /// Bytes that wait in memory.
    package var memoryBytes = 8 << 20
    package var limits = HTTPClientLimits(
        connectTimeout: .seconds(5), totalTimeout: .seconds(20), responseSize: 64 << 10)

    package init(url: HTTPURL) { self.url = url }
}
