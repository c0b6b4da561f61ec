/// Every point against every other: the matrix of their distances, row by row. O(n²) time, O(n) memory.
///
/// It is what one writes first, it is exact, and with a few hundred points nobody notices it.
enum SimilarityMatrix {
    /// - Throws: `CancellationError`, between two rows.
    static func nearest<Point: SIMD>(_ points: [Point], count: Int) throws -> NearestPoints
    where Point.Scalar == Float {
        var best = BestPoints(count: count)
        var found: [[NearestPoints.Found]] = []
        found.reserveCapacity(points.count)
        var row = Array(repeating: Float(0), count: points.count)
        for (index, point) in points.enumerated() {
            try Task.checkCancellation()
            fill(&row, point, points)
            best.removeAll()
            for (other, distance) in row.enumerated() where other != index { best.offer(distance, Int32(other)) }
            found.append(best.found)
        }
        return NearestPoints(found: found)
    }

    private static func fill<Point: SIMD>(_ row: inout [Float], _ point: Point, _ points: [Point])
    where Point.Scalar == Float {
        for other in points.indices { row[other] = squaredDistance(point, points[other]) }
    }
}
