import HearthIngestion
import HearthRandom
import HearthRuntime

/// The nearest neighbours of all points: each against each, and by a k-d tree, in few and in more dimensions. Both must find the same.
struct NeighboursBench {
    private static let count = 20_000
    private static let neighbours = 5

    func run() throws {
        print("# \(Self.count) points, \(Self.neighbours) neighbours each; seconds of one thread's wall time")
        try measure(SIMD2<Float>.self, Self.count)
        try measure(SIMD4<Float>.self, Self.count)
        try measure(SIMD8<Float>.self, Self.count)
        try measure(SIMD16<Float>.self, Self.count)
        // How it grows, in the dimensions that the pipeline compares in.
        for count in [2_500, 5_000, 10_000, 40_000] { try measure(SIMD4<Float>.self, count) }
    }

    private func measure<Point: SIMD & Sendable>(_: Point.Type, _ count: Int) throws where Point.Scalar == Float {
        var random = SeededGenerator(seed: 11)
        let points = (0..<count).map { _ in
            var point = Point()
            for lane in 0..<Point.scalarCount { point[lane] = Float.random(in: -1...1, using: &random) }
            return point
        }
        let clock = ContinuousClock()
        let start = clock.now
        let tree = try KDTree(points).nearest(count: Self.neighbours)
        let half = clock.now
        let matrix = try SimilarityMatrix.nearest(points, count: Self.neighbours)
        let end = clock.now
        guard tree == matrix else { fatalError("the tree and the matrix have not found the same") }
        let key = "neighbours.d\(Point.scalarCount).\(count)"
        printFigure("\(key).kd-tree", (half - start).seconds, "s", digits: 3)
        printFigure("\(key).brute-force", (end - half).seconds, "s", digits: 3)
        printFigure("\(key).ratio", (end - half).seconds / (half - start).seconds, "times", digits: 1)
    }
}
