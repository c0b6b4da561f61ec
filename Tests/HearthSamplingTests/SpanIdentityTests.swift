import Testing
import Tracing

@testable import HearthTracing

@Suite struct SpanIdentityTests {
    private let trace = "0af7651916cd43dd8448eb211c80319c"
    private let span = "b7ad6b7169203331"

    @Test func readsTraceContext() {
        let known = SpanIdentity(traceID: trace, spanID: span)
        #expect(SpanIdentity(traceParent: "00-\(trace)-\(span)-01") == known)
        #expect(SpanIdentity(traceParent: "cc-\(trace)-\(span)-03-more") == known, "a later version")
        for wrong in [
            "", "00", "00-\(trace)-\(span)", "00-\(trace)-\(span)-00", "ff-\(trace)-\(span)-01",
            "00-\(trace.uppercased())-\(span)-01", "00-\(trace.dropLast())-\(span)-01", "00-\(trace)-\(span)-1",
            "00-\(String(repeating: "0", count: 32))-\(span)-01", "00-\(trace)-\(String(repeating: "0", count: 16))-01",
        ] {
            #expect(SpanIdentity(traceParent: wrong) == nil, "\(wrong)")
        }
    }

    @Test func readsB3() {
        let known = SpanIdentity(traceID: trace, spanID: span)
        #expect(SpanIdentity(b3: ["b3": "\(trace)-\(span)-1"]) == known)
        #expect(SpanIdentity(b3: ["b3": "\(trace)-\(span)"]) == known)
        #expect(SpanIdentity(b3: ["x-b3-traceid": trace, "x-b3-spanid": span]) == known)
        #expect(SpanIdentity(b3: ["b3": "\(trace)-\(span)-0"]) == nil)
        #expect(SpanIdentity(b3: ["b3": "0"]) == nil)
        #expect(SpanIdentity(b3: ["x-b3-traceid": trace, "x-b3-spanid": span, "x-b3-sampled": "0"]) == nil)
        #expect(SpanIdentity(b3: [:]) == nil)
    }
}
