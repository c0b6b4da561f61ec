/// For every one of n points the k nearest others: nearest first, of equal distances the lower index first. Where there are fewer
/// than k others, all of them.
package struct NearestPoints: Hashable, Sendable {
    package struct Found: Hashable, Sendable {
        /// Of the point among all.
        package var index: Int32
        /// Squared.
        package var distance: Float
    }

    /// By point.
    package var found: [[Found]]
}

/// The best k of the points seen so far, best first.
struct BestPoints {
    private(set) var found: [NearestPoints.Found] = []
    private let count: Int

    init(count: Int) {
        self.count = count
        found.reserveCapacity(count)
    }

    mutating func removeAll() { found.removeAll(keepingCapacity: true) }

    /// Whether no point at this distance, or further, with this index, or a higher one, would be taken.
    @inline(__always)
    func refuses(_ distance: Float, _ index: Int32) -> Bool {
        guard found.count == count, let worst = found.last else { return count == 0 }
        return distance > worst.distance || (distance == worst.distance && index > worst.index)
    }

    /// O(k).
    @inline(__always)
    mutating func offer(_ distance: Float, _ index: Int32) {
        // A distance that is no number is to nothing near.
        guard distance == distance, !refuses(distance, index) else { return }
        if found.count == count { found.removeLast() }
        var place = found.count
        while place > 0 {
            let before = found[place - 1]
            if before.distance < distance || (before.distance == distance && before.index < index) { break }
            place -= 1
        }
        found.insert(NearestPoints.Found(index: index, distance: distance), at: place)
    }
}

/// The square of the distance. The same additions in the same order whoever asks, so that two ways of searching agree to the bit.
@inline(__always)
func squaredDistance<Point: SIMD>(_ left: Point, _ right: Point) -> Float where Point.Scalar == Float {
    let difference = left - right
    return (difference * difference).sum()
}
