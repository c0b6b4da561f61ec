public import HearthRuntime

/// An embedder without training: words, pairs of neighbouring words and character n-grams are hashed, and each hash is a
/// vector of seeded signs; a text is the weighted sum of those of its features, brought to unit length.
///
/// Two texts come out as near as the features that they share. Sums are of integers, so that neither the order of features
/// nor the width of the processor's vectors changes a bit. A value type; safe to use from many threads.
public struct HashedEmbedder: EmbeddingModel {
    public static let defaultDimension = 128

    public let dimension: Int
    public let seed: UInt64
    /// The signs that a byte stands for, as 1 and -1.
    private let signs: [SIMD8<Int32>]

    /// - Parameter dimension: rounded up to a multiple of 64.
    public init(dimension: Int = HashedEmbedder.defaultDimension, seed: UInt64 = 1) {
        self.dimension = max(64, (min(dimension, 65_536) + 63) / 64 * 64)
        self.seed = seed
        signs = (0..<256).map { byte in
            var signs = SIMD8<Int32>()
            for bit in 0..<8 { signs[bit] = byte >> bit & 1 == 1 ? 1 : -1 }
            return signs
        }
    }

    public var fingerprint: String { "hashed-1-\(dimension)-\(seed)" }
    public var byteCount: Int { signs.count * 32 }

    public func embed(_ texts: BytesColumn) -> VectorColumn {
        var vectors = VectorColumn(dimension: dimension)
        vectors.reserve(items: texts.count)
        var sums = Array(repeating: SIMD8<Int32>(), count: dimension / 8)
        for index in 0..<texts.count {
            for place in sums.indices { sums[place] = SIMD8() }
            addFeatures(of: texts.bytes[texts.range(index)], to: &sums)
            vectors.append(unit(sums))
        }
        return vectors
    }

    private func unit(_ sums: [SIMD8<Int32>]) -> [Float] {
        var square = 0.0
        for sum in sums {
            for lane in 0..<8 { square += Double(sum[lane]) * Double(sum[lane]) }
        }
        var vector: [Float] = []
        vector.reserveCapacity(dimension)
        let scale = square > 0 ? 1 / square.squareRoot() : 0
        for sum in sums {
            for lane in 0..<8 { vector.append(Float(Double(sum[lane]) * scale)) }
        }
        return vector
    }

    // MARK: Features

    /// What kind a feature is of goes into its hash, so that the word `the` is not the n-gram `the`.
    private enum Kind {
        static let word: UInt64 = 1
        static let pair: UInt64 = 2
        static let characters: UInt64 = 3
    }

    private func addFeatures(of text: ColumnBuffer<UInt8>, to sums: inout [SIMD8<Int32>]) {
        var words = WordReader(text)
        var previous: UInt64?
        while let word = words.next() {
            let hash = StableHash.hash(word, seed: seed &+ Kind.word)
            // Long words say more than short ones, which are mostly articles and prepositions.
            let weight = Int32(min(max(word.count, 2), 8))
            add(hash, weight: weight, to: &sums)
            if let previous { add(StableHash.mix(previous, hash &+ Kind.pair), weight: 2, to: &sums) }
            previous = hash
            addCharacters(of: word, to: &sums)
        }
    }

    /// Every run of three and of four bytes of the word with its ends marked.
    private func addCharacters(of word: ArraySlice<UInt8>, to sums: inout [SIMD8<Int32>]) {
        let end: UInt64 = 0x20
        var window = end
        var length = 1
        func step(_ byte: UInt64) {
            window = window << 8 | byte
            length += 1
            if length >= 3 { add(characters: window & 0xFF_FFFF, count: 3, to: &sums) }
            if length >= 4 { add(characters: window & 0xFFFF_FFFF, count: 4, to: &sums) }
        }
        for byte in word { step(UInt64(byte)) }
        step(end)
    }

    private func add(characters: UInt64, count: UInt64, to sums: inout [SIMD8<Int32>]) {
        add(StableHash.mix(characters | count << 32, seed &+ Kind.characters), weight: 1, to: &sums)
    }

    /// Adds the signs of a feature: 64 of them a word of bits, as many words as the dimension wants.
    private func add(_ feature: UInt64, weight: Int32, to sums: inout [SIMD8<Int32>]) {
        for word in 0..<dimension / 64 {
            var bits = StableHash.mix(feature, seed &+ UInt64(word))
            for place in word * 8..<word * 8 + 8 {
                sums[place] &+= signs[Int(bits & 0xFF)] &* weight
                bits >>= 8
            }
        }
    }
}

/// Words of a text: runs of letters and digits of ASCII, in lower case, and of whatever is not ASCII, as it is. Case beyond
/// ASCII would hang on the version of Unicode, and with it the vectors.
struct WordReader {
    private let text: ColumnBuffer<UInt8>
    private var position: Int
    private var word: [UInt8] = []

    init(_ text: ColumnBuffer<UInt8>) {
        self.text = text
        position = text.startIndex
    }

    mutating func next() -> ArraySlice<UInt8>? {
        word.removeAll(keepingCapacity: true)
        while position < text.endIndex {
            let byte = text[position]
            position += 1
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
                word.append(byte)
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                word.append(byte | 0x20)
            default:
                if !word.isEmpty { return word[...] }
            }
        }
        return word.isEmpty ? nil : word[...]
    }
}
