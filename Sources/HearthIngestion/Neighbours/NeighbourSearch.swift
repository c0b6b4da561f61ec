/// How the nearest neighbours of all documents are found. Both ways find the same.
public enum NeighbourSearch: String, Hashable, Sendable, CaseIterable {
    /// Every document against every other: O(n²).
    case bruteForce = "brute-force"
    /// By a k-d tree: O(n log n) in the few dimensions that they are compared in.
    case kdTree = "kd-tree"
}

extension NeighbourSearch {
    /// For every point the nearest others.
    ///
    /// - Parameters:
    ///   - coordinates: of all points, one after the other.
    ///   - dimension: of each, 1 to 16.
    ///   - count: how many others.
    /// - Throws: `CancellationError`.
    package func nearest(_ coordinates: [Float], dimension: Int, count: Int) throws -> NearestPoints {
        precondition(coordinates.count % dimension == 0, "points must be whole")
        // Generic code is fast where the compiler sees the type: here.
        switch dimension {
        case 1, 2: return try nearest(Self.points(coordinates, dimension, as: SIMD2<Float>.self), count)
        case 3, 4: return try nearest(Self.points(coordinates, dimension, as: SIMD4<Float>.self), count)
        case 5...8: return try nearest(Self.points(coordinates, dimension, as: SIMD8<Float>.self), count)
        case 9...16: return try nearest(Self.points(coordinates, dimension, as: SIMD16<Float>.self), count)
        default: preconditionFailure("points have 1 to 16 dimensions")
        }
    }

    private func nearest<Point: SIMD & Sendable>(_ points: [Point], _ count: Int) throws -> NearestPoints
    where Point.Scalar == Float {
        switch self {
        case .bruteForce: try SimilarityMatrix.nearest(points, count: count)
        case .kdTree: try KDTree(points).nearest(count: count)
        }
    }

    private static func points<Point: SIMD>(_ coordinates: [Float], _ dimension: Int, as _: Point.Type) -> [Point]
    where Point.Scalar == Float {
        stride(from: 0, to: coordinates.count, by: dimension).map { start in
            var point = Point()
            for lane in 0..<dimension { point[lane] = coordinates[start + lane] }
            return point
        }
    }
}
