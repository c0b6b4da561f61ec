import Foundation
import Testing

@testable import HearthIngestion

@Suite struct JSONFaultTests {
    private func fault(_ text: String) -> JSONFault? { JSONFault(in: Array(text.utf8)[...]) }

    @Test(arguments: [
        ("", "document ends too soon", 0), ("   ", "document ends too soon", 3), ("{", "document ends too soon", 1),
        ("{\"a\":1", "document ends too soon", 6), ("{\"a\"", "document ends too soon", 4),
        ("{\"a\":", "document ends too soon", 5), ("{\"a\":\"x", "document ends within a string", 7),
        ("{a:1}", "expected a member name in quotes", 1), ("{\"a\" 1}", "expected a colon", 5),
        ("{\"a\":1,}", "expected a member name in quotes", 7), ("{\"a\":[1,]}", "expected a value", 8),
        ("{\"a\":1 \"b\":2}", "expected a comma or the end of the value around", 7),
        ("{\"a\":[1}", "expected a comma or the end of the value around", 7), ("{\"a\":tru}", "expected true", 5),
        ("{\"a\":01}", "number with a leading zero", 5), ("{\"a\":-}", "malformed number", 5),
        ("{\"a\":1.}", "malformed number", 5), ("{\"a\":1e}", "malformed number", 5),
        ("{\"a\":1e999}", "number out of range", 5), ("{\"a\":18446744073709551616}", "number out of range", 5),
        ("{\"a\":\"\\x\"}", "unknown escape", 6), ("{\"a\":\"\\u12\"}", "escape without four hexadecimal digits", 6),
        ("{\"a\":\"\\ud800\"}", "half of a surrogate pair", 6), ("{\"a\":\"\\udc00\"}", "half of a surrogate pair", 6),
        ("{\"a\":\"\t\"}", "control character in a string", 6), ("{} {}", "text after the document", 3),
        ("[1]", "not an object", 0), (" 12", "not an object", 1), ("12 x", "text after the document", 3),
    ]) func namesTheByte(_ text: String, _ reason: String, _ byte: Int) {
        #expect(fault(text) == JSONFault(reason: reason, byte: byte))
    }

    @Test(arguments: [
        "{}", " { } ", "{\"a\":[]}", "{\"a\":{\"b\":[1,2,{\"c\":null}]},\"d\":true}", "{\"\\ud83d\\ude00\":-0.5e+10}",
        "{\"a\":18446744073709551615}", "{\"a\":\"ü\u{1F600}\"}",
    ]) func findsNothingInGoodDocuments(_ text: String) { #expect(fault(text) == nil) }

    @Test func depthIsBounded() {
        let deep = "{\"a\":" + String(repeating: "[", count: 100_000)
        #expect(fault(deep)?.reason == "more than 1024 levels deep")
        #expect(
            fault("{\"a\":" + String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000) + "}") == nil)
    }

    @Test(
        arguments: [
            ([0x61, 0x80], 1), ([0xC0, 0xAF], 0), ([0xC1, 0xBF], 0), ([0xE0, 0x80, 0x80], 0), ([0xED, 0xA0, 0x80], 0),
            ([0xF0, 0x8F, 0x80, 0x80], 0), ([0xF4, 0x90, 0x80, 0x80], 0), ([0xF5, 0x80, 0x80, 0x80], 0), ([0xC3], 0),
            ([0xE2, 0x82], 0), ([0xE2, 0x28, 0xA1], 0), ([0xC3, 0xA9, 0xFF], 2),
        ] as [([UInt8], Int)]) func findsWhatIsNoUTF8(_ bytes: [UInt8], _ place: Int)
    {
        #expect(firstInvalidUTF8(bytes[...]) == place)
        #expect(String(validating: bytes, as: UTF8.self) == nil)
    }

    @Test func agreesWithTheStandardLibraryOnUTF8() {
        var state: UInt64 = 42
        func next(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        let pieces: [UInt8] = [0x41, 0x80, 0xBF, 0xC2, 0xDF, 0xE0, 0xA0, 0x9F, 0xED, 0xF0, 0x90, 0xF4, 0x8F, 0xFF]
        for _ in 0..<20_000 {
            let bytes = (0..<next(7)).map { _ in pieces[Int(next(UInt64(pieces.count)))] }
            #expect(
                (firstInvalidUTF8(bytes[...]) == nil) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
        }
    }
}
