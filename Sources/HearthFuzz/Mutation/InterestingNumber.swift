internal import HearthRandom

/// Numbers at which readers go wrong.
enum InterestingNumber {
    /// Small ones, the ends of each width, and their neighbours.
    static func next(using random: inout SeededGenerator) -> UInt64 {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return .random(in: 0...32, using: &random)
        case 1:
            let power = UInt64(1) << UInt64.random(in: 0...63, using: &random)
            return power &+ .random(in: 0...2, using: &random) &- 1
        case 2: return 0 &- .random(in: 0...32, using: &random)
        default: return random.next() >> UInt64.random(in: 0...63, using: &random)
        }
    }
}
