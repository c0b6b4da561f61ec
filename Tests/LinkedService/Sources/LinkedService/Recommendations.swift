/// The work of this service: something with functions of its own that takes time.
struct Recommendations: Sendable {
    private let vectors: [[Float]]

    init(count: Int, dimensions: Int) {
        var state: UInt64 = 42
        vectors = (0..<count).map { _ in
            (0..<dimensions).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Float(state >> 40) / Float(1 << 24)
            }
        }
    }

    func nearest(to query: Int) -> Int {
        let scores = scoreEveryDocument(against: vectors[query % vectors.count])
        return scores.indices.max { scores[$0] < scores[$1] } ?? 0
    }

    @inline(never)
    private func scoreEveryDocument(against query: [Float]) -> [Float] {
        vectors.map { vector in
            var sum: Float = 0
            for index in vector.indices { sum += vector[index] * query[index] }
            return sum
        }
    }
}
