/// Points in boxes within boxes, each cut in half across its widest side, after Bentley (1975) and Friedman, Bentley and Finkel (1977).
///
/// Building is O(n log n). A search for the nearest looks into few boxes where the points have few dimensions, O(log n), and into nearly
/// all where they have many. A value; safe to search from many threads.
struct KDTree<Point: SIMD>: Sendable where Point: Sendable, Point.Scalar == Float {
    private struct Box {
        var low: Point
        var high: Point
        /// Of the points in it, in the order of the tree.
        var range: Range<Int>
        /// The lowest index of a point in it: decides whether equal distances are worth a look.
        var lowestIndex: Int32
        /// The half with the higher coordinates; the other one is the next box. Nil for a box that is searched point by point.
        var highHalf: Int?

        /// No point of the box is nearer. Rounded as the distance itself is, so that it is never too large.
        @inline(__always)
        func squaredDistance(_ point: Point) -> Float {
            let below = low - point
            let above = point - high
            let outside = Point.zero.replacing(with: below, where: below .> 0).replacing(with: above, where: above .> 0)
            return (outside * outside).sum()
        }
    }

    private static var leafSize: Int { 12 }

    /// In the order of the tree.
    private var points: [Point]
    /// Of every point, in the order of the tree.
    private var indices: [Int32]
    private var boxes: [Box] = []

    init(_ points: [Point]) {
        precondition(points.count <= Int(Int32.max), "more points than can be numbered")
        indices = points.indices.map(Int32.init)
        self.points = points
        if !points.isEmpty { build(0..<points.count, points) }
        self.points = indices.map { points[Int($0)] }
    }

    // MARK: Building

    @discardableResult
    private mutating func build(_ range: Range<Int>, _ points: [Point]) -> Int {
        var low = points[Int(indices[range.lowerBound])]
        var high = low
        var lowestIndex = Int32.max
        for place in range {
            let point = points[Int(indices[place])]
            low = pointwiseMin(low, point)
            high = pointwiseMax(high, point)
            lowestIndex = min(lowestIndex, indices[place])
        }
        let number = boxes.count
        boxes.append(Box(low: low, high: high, range: range, lowestIndex: lowestIndex, highHalf: nil))
        guard range.count > Self.leafSize else { return number }
        let extent = high - low
        var side = 0
        for lane in 1..<Point.scalarCount where extent[lane] > extent[side] { side = lane }
        let middle = range.lowerBound + range.count / 2
        select(middle, in: range, side, points)
        build(range.lowerBound..<middle, points)
        boxes[number].highHalf = build(middle..<range.upperBound, points)
        return number
    }

    /// Brings those with the lower coordinates before the place, those with the higher ones behind it. Of equal ones the lower index
    /// comes first, so that there is an order even where all points are one, and halves are halves.
    private mutating func select(_ place: Int, in range: Range<Int>, _ side: Int, _ points: [Point]) {
        func precedes(_ left: Int32, _ right: Int32) -> Bool {
            let (a, b) = (points[Int(left)][side], points[Int(right)][side])
            return a < b || (a == b && left < right)
        }
        var (first, last) = (range.lowerBound, range.upperBound - 1)
        while first < last {
            let middle = first + (last - first) / 2
            // The median of three, so that points that come in order are no worst case.
            if precedes(indices[middle], indices[first]) { indices.swapAt(middle, first) }
            if precedes(indices[last], indices[first]) { indices.swapAt(last, first) }
            if precedes(indices[last], indices[middle]) { indices.swapAt(last, middle) }
            let pivot = indices[middle]
            var (left, right) = (first, last)
            while left <= right {
                while precedes(indices[left], pivot) { left += 1 }
                while precedes(pivot, indices[right]) { right -= 1 }
                if left <= right {
                    indices.swapAt(left, right)
                    left += 1
                    right -= 1
                }
            }
            if place <= right {
                last = right
            } else if place >= left {
                first = left
            } else {
                return
            }
        }
    }

    // MARK: Searching

    /// For every point the nearest others.
    ///
    /// - Throws: `CancellationError`, now and then.
    func nearest(count: Int) throws -> NearestPoints {
        var found: [[NearestPoints.Found]] = Array(repeating: [], count: points.count)
        var best = BestPoints(count: count)
        // In the order of the tree: what one search has read, the next one reads again.
        for place in points.indices {
            if place % 1_024 == 0 { try Task.checkCancellation() }
            best.removeAll()
            search(0, points[place], indices[place], &best)
            found[Int(indices[place])] = best.found
        }
        return NearestPoints(found: found)
    }

    private func search(_ number: Int, _ point: Point, _ index: Int32, _ best: inout BestPoints) {
        guard let highHalf = boxes[number].highHalf else {
            for place in boxes[number].range where indices[place] != index {
                best.offer(squaredDistance(point, points[place]), indices[place])
            }
            return
        }
        let lowHalf = number + 1
        let (low, high) = (boxes[lowHalf].squaredDistance(point), boxes[highHalf].squaredDistance(point))
        let (first, second) = low <= high ? (lowHalf, highHalf) : (highHalf, lowHalf)
        let (near, far) = low <= high ? (low, high) : (high, low)
        if !best.refuses(near, boxes[first].lowestIndex) { search(first, point, index, &best) }
        if !best.refuses(far, boxes[second].lowestIndex) { search(second, point, index, &best) }
    }
}
