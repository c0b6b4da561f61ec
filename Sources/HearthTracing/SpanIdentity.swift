internal import Tracing

/// The ids of a span as other tools know them: 32 and 16 hexadecimal digits in lower case for W3C's trace context.
public struct SpanIdentity: Hashable, Sendable {
    public var traceID: String
    public var spanID: String

    public init(traceID: String, spanID: String) {
        self.traceID = traceID
        self.spanID = spanID
    }

    /// Of the header `traceparent`: `00-<trace>-<span>-<flags>`. Nil for another form and for a trace that is not
    /// sampled, whose spans nobody can look up.
    init?(traceParent: String) {
        let parts = traceParent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, Self.isHexadecimal(parts[0], 2), parts[0] != "ff",
            Self.isHexadecimal(parts[1], 32), parts[1].contains(where: { $0 != "0" }),
            Self.isHexadecimal(parts[2], 16), parts[2].contains(where: { $0 != "0" }),
            Self.isHexadecimal(parts[3], 2), let flags = UInt8(parts[3], radix: 16), flags & 1 != 0
        else { return nil }
        self.init(traceID: String(parts[1]), spanID: String(parts[2]))
    }

    /// Of the headers `b3` or `x-b3-traceid`, `x-b3-spanid`, `x-b3-sampled`.
    init?(b3 headers: [String: String]) {
        var (trace, span, sampled) = (headers["x-b3-traceid"], headers["x-b3-spanid"], headers["x-b3-sampled"])
        if let single = headers["b3"] {
            let parts = single.split(separator: "-").map(String.init)
            guard parts.count >= 2 else { return nil }
            (trace, span, sampled) = (parts[0], parts[1], parts.count > 2 ? parts[2] : nil)
        }
        guard let trace, let span, sampled != "0", sampled != "false",
            Self.isHexadecimal(trace[...], 32) || Self.isHexadecimal(trace[...], 16),
            Self.isHexadecimal(span[...], 16)
        else { return nil }
        self.init(traceID: trace, spanID: span)
    }

    private static func isHexadecimal(_ text: Substring, _ count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// What a tracer writes into the headers of a request that it makes: the one place where every tracer tells its ids.
    static func injected(by tracer: some Instrument, _ context: ServiceContext) -> SpanIdentity? {
        var headers: [String: String] = [:]
        tracer.inject(context, into: &headers, using: LowercaseHeaders())
        if let parent = headers["traceparent"] { return SpanIdentity(traceParent: parent) }
        return SpanIdentity(b3: headers)
    }
}

private struct LowercaseHeaders: Injector {
    func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) {
        carrier[key.lowercased()] = value
    }
}
