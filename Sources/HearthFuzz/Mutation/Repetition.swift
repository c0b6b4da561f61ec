internal import HearthRandom

/// A piece of an input many times over: what takes longer, or more memory, than its size allows shows then.
enum Repetition {
    static func apply(to input: inout [UInt8], atMost limit: Int, using random: inout SeededGenerator) {
        guard !input.isEmpty, input.count < limit else { return }
        let start = Int.random(in: input.indices, using: &random)
        let longest = min(input.count - start, random.oneIn(4) ? 1_024 : 64)
        let piece = Array(input[start..<start + Int.random(in: 1...longest, using: &random)])
        let most = (limit - input.count) / piece.count
        guard most > 0 else { return }
        let count = random.oneIn(4) ? most : Int.random(in: 1...min(most, 256), using: &random)
        input.insert(contentsOf: repeatElement(piece, count: count).joined(), at: start)
    }
}
