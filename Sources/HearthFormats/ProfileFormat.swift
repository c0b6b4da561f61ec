/// The file formats of profiles.
public enum ProfileFormat: String, CaseIterable, Sendable {
    /// `a;b;c 12` a line, root first: what flamegraph.pl and inferno read. Holds one sample type and no labels.
    case collapsed
    /// pprof's protocol buffers, gzipped or not. Holds everything.
    case pprof
    /// speedscope's JSON, sampled profiles. Holds every sample type, and of the labels the one that samples are split by.
    case speedscope
    /// What `perf script` prints. Read only.
    case perfScript = "perf-script"

    /// The format that the extension of `path` stands for; nil where it says nothing.
    public init?(path: String) {
        let name = path.split(separator: "/").last ?? ""
        let parts = name.lowercased().split(separator: ".")
        guard let last = parts.last, parts.count > 1 || name.hasPrefix(".") else { return nil }
        let meaningful = last == "gz" && parts.count > 2 ? parts[parts.count - 2] : last
        switch meaningful {
        case "folded", "collapsed": self = .collapsed
        case "pb", "pprof", "prof": self = .pprof
        case "json": self = .speedscope
        case "perf": self = .perfScript
        default: return nil
        }
    }

    /// Extensions, the first one being the usual.
    public var extensions: [String] {
        switch self {
        case .collapsed: [".folded", ".collapsed"]
        case .pprof: [".pb.gz", ".pb", ".pprof"]
        case .speedscope: [".speedscope.json", ".json"]
        case .perfScript: [".perf"]
        }
    }

    public var canBeWritten: Bool { self != .perfScript }

    /// Whether a file can hold several profiles, so that samples can be split by a label.
    public var canBeSplit: Bool { self == .speedscope }

    /// What a person is told that can be read, in one clause.
    static let readable = "collapsed stacks, pprof, speedscope JSON or perf script text"
}
