/// Where a profiler is reached and where it sends windows to. The variables of the environment stand above what code says.
public struct ServingConfiguration: Sendable {
    /// Where endpoints are served: `unix` for a socket of the service's own that `hearth list` finds, `unix:/path`,
    /// `127.0.0.1:4041`, `:4041` (loopback too), `0.0.0.0:4041` for all interfaces; nil for nowhere (`HEARTH_LISTEN`).
    public var listen: String?
    /// A file with the token that requests must carry (`Authorization: Bearer …`); nil for none (`HEARTH_TOKEN_FILE`).
    public var tokenFile: String?
    /// A Pyroscope that windows are pushed to, `http://user:password@host:4040`; nil for none (`HEARTH_PYROSCOPE_URL`).
    public var pyroscopeURL: String?
    /// Its tenant (`HEARTH_PYROSCOPE_TENANT`), and a file with a bearer token (`HEARTH_PYROSCOPE_TOKEN_FILE`).
    public var pyroscopeTenant: String?
    public var pyroscopeTokenFile: String?
    /// Where windows wait while the receiver is away (`HEARTH_SPOOL`), and how many bytes of them
    /// (`HEARTH_SPOOL_SIZE=64MiB`). Nil for `spool` in the store, else beside the service's socket, which a restart of the
    /// machine empties.
    public var spool: String?
    public var spoolBytes = 64 << 20
    /// How requests are sent: `https:` needs `HearthTLS`.
    public var transport = PushTransport.plain

    public init() {}
}
