import Testing

@testable import HearthIngestion

@Suite struct StableHashTests {
    @Test func everyByteAndTheLengthMatter() {
        var seen: Set<UInt64> = []
        var bytes: [UInt8] = []
        for length in 0..<64 {
            #expect(seen.insert(StableHash.hash(bytes[...])).inserted, "zeros, \(length) long")
            for place in bytes.indices {
                var other = bytes
                other[place] ^= 1
                #expect(seen.insert(StableHash.hash(other[...])).inserted, "byte \(place) of \(length)")
            }
            bytes.append(0)
        }
    }

    @Test func aSliceHashesAsItsBytes() {
        let bytes = Array("xx the quick brown fox xx".utf8)
        #expect(StableHash.hash(bytes[3..<22]) == StableHash.hash(Array(bytes[3..<22])[...]))
        #expect(StableHash.hash(bytes[...], seed: 1) != StableHash.hash(bytes[...], seed: 2))
    }

    @Test func bitsAreEven() {
        var counts = Array(repeating: 0, count: 64)
        for value in UInt64(0)..<4096 {
            let hash = StableHash.mix(value, 1)
            for bit in 0..<64 where hash >> UInt64(bit) & 1 == 1 { counts[bit] += 1 }
        }
        // Five standard deviations of a fair coin.
        for (bit, count) in counts.enumerated() { #expect(abs(count - 2048) < 160, "bit \(bit): \(count)") }
    }

    @Test func contentIsTheSameEverywhere() {
        let hash = StableHash.content(Array("{\"id\":\"a\"}".utf8)[...], seed: 0)
        #expect(hash.bytes.count == 16)
        #expect(hash != StableHash.content(Array("{\"id\":\"b\"}".utf8)[...], seed: 0))
    }
}
