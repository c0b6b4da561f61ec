import HearthRandom
import HearthRuntime
import Testing

@testable import HearthIngestion

@Suite struct NeighbourTests {
    /// Every other point sorted by distance and index: what both searches must find, written as plainly as can be.
    private func expected<Point: SIMD>(_ points: [Point], count: Int) -> NearestPoints where Point.Scalar == Float {
        NearestPoints(
            found: points.indices.map { point in
                points.indices.filter { $0 != point }
                    .map { NearestPoints.Found(index: Int32($0), distance: squaredDistance(points[point], points[$0])) }
                    .filter { !$0.distance.isNaN }
                    .sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }
                    .prefix(count).map(\.self)
            })
    }

    private func check<Point: SIMD & Sendable>(_ points: [Point], count: Int) throws where Point.Scalar == Float {
        let expected = expected(points, count: count)
        #expect(try KDTree(points).nearest(count: count) == expected)
        #expect(try SimilarityMatrix.nearest(points, count: count) == expected)
    }

    private func points<Point: SIMD>(_: Point.Type, _ count: Int, _ random: inout SeededGenerator) -> [Point]
    where Point.Scalar == Float {
        (0..<count).map { _ in
            var point = Point()
            for lane in 0..<Point.scalarCount { point[lane] = Float.random(in: -1...1, using: &random) }
            return point
        }
    }

    @Test(arguments: [0, 1, 2, 5, 13, 100, 700]) func bothFindTheSame(count: Int) throws {
        var random = SeededGenerator(seed: UInt64(count))
        try check(points(SIMD2<Float>.self, count, &random), count: 5)
        try check(points(SIMD4<Float>.self, count, &random), count: 5)
        try check(points(SIMD4<Float>.self, count, &random), count: 1)
        try check(points(SIMD8<Float>.self, count, &random), count: 12)
        try check(points(SIMD4<Float>.self, count, &random), count: 0)
    }

    /// On a grid nearly all distances are equal to others: what counts is the order among them.
    @Test(arguments: 0..<8) func equalDistancesGoByTheIndex(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let points = (0..<400).map { _ in
            SIMD4<Float>((0..<4).map { _ in Float(Int.random(in: 0...2, using: &random)) })
        }
        try check(points, count: 6)
    }

    @Test func pointsThatAreAllOneAreNoWorstCase() throws {
        // Without a look at indices every search would go through every point: 4·10^8 steps.
        let points = Array(repeating: SIMD4<Float>(1, 2, 3, 4), count: 20_000)
        let found = try KDTree(points).nearest(count: 3).found
        #expect(found.count == points.count)
        #expect(found[0].map(\.index) == [1, 2, 3])
        #expect(found[1].map(\.index) == [0, 2, 3])
        #expect(found[19_999].map(\.index) == [0, 1, 2])
    }

    @Test func whatIsNoNumberIsNearToNothing() throws {
        var random = SeededGenerator(seed: 1)
        var points = points(SIMD4<Float>.self, 200, &random)
        for place in stride(from: 0, to: 200, by: 7) { points[place][place % 4] = .nan }
        points[3] = SIMD4(repeating: .infinity)
        points[4] = SIMD4(repeating: -.infinity)
        points[5] = SIMD4(repeating: .greatestFiniteMagnitude)
        try check(points, count: 4)
    }

    @Test func aLongSearchEndsWhenItsTaskIsCancelled() async {
        let points = Array(repeating: SIMD4<Float>(1, 2, 3, 4), count: 1_000_000)
        let task = Task { try SimilarityMatrix.nearest(points, count: 3) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func projectionKeepsWhatIsEqualAndIsItemwise() throws {
        var vectors = VectorColumn(dimension: 100)
        let vector = (0..<100).map { Float($0) / 100 }
        vectors.append(vector)
        vectors.append(vector.reversed())
        vectors.append(vector)
        guard case .vector(let points) = try ProjectionNode(dimension: 100).evaluate([.vector(vectors)]).column.content
        else { Issue.record("no vectors"); return }
        #expect(Array(points[0]) == Array(points[2]) && Array(points[0]) != Array(points[1]))
        #expect(points.dimension == 4)
    }
}
