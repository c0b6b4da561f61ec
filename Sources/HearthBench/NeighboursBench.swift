import HearthIngestion
import HearthRandom
import HearthRuntime

/// The nearest neighbours of all points: each against each, and by a k-d tree, in few and in more dimensions. Both must find the same.
struct NeighboursBench {
    private static let count = 20_000
    private static let neighbours = 5

    func run() throws {
        print("# \(Self.count) points, \(Self.neighbours) neighbours each; seconds of one thread's wall time")
        for dimension in [2, 4, 8, 16] { try measure(dimension, Self.count) }
        // How it grows, in the dimensions that the pipeline compares in.
        for count in [2_500, 5_000, 10_000, 40_000] { try measure(4, count) }
    }

    private func measure(_ dimension: Int, _ count: Int) throws {
        var random = SeededGenerator(seed: 11)
        let points = (0..<count * dimension).map { _ in Float.random(in: -1...1, using: &random) }
        let clock = ContinuousClock()
        let start = clock.now
        let tree = try NeighbourSearch.kdTree.nearest(points, dimension: dimension, count: Self.neighbours)
        let half = clock.now
        let matrix = try NeighbourSearch.bruteForce.nearest(
            points, dimension: dimension, count: Self.neighbours)
        let end = clock.now
        guard tree == matrix else { fatalError("the tree and the matrix have not found the same") }
        let key = "neighbours.d\(dimension).\(count)"
        printFigure("\(key).kd-tree", (half - start).seconds, "s", digits: 3)
        printFigure("\(key).brute-force", (end - half).seconds, "s", digits: 3)
        printFigure("\(key).ratio", (end - half).seconds / (half - start).seconds, "times", digits: 1)
    }
}
