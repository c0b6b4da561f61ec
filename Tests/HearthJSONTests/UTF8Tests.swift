import HearthJSON
import Testing

@Suite struct UTF8Tests {
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
