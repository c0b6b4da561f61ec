/// Where a text lies in somebody else's memory, or that there is none. Whoever makes it says how long it is good for.
@safe package struct TextPlace: Sendable {
    nonisolated(unsafe) package let start: UnsafePointer<UInt8>?
    package let count: Int

    @inlinable @unsafe
    package init(start: UnsafePointer<UInt8>, count: Int) {
        unsafe self.start = unsafe start
        self.count = count
    }

    private init() {
        unsafe start = nil
        count = 0
    }

    package static let none = TextPlace()
}

extension BytesColumn {
    /// Texts copied end to end; null where there is none. All must still lie where they did. O(bytes).
    package init(copying places: [TextPlace]) {
        let size = places.reduce(0) { $0 + $1.count }
        var validity = Validity()
        if places.contains(where: { unsafe $0.start == nil }) {
            for place in places { validity.append(unsafe place.start != nil) }
        } else {
            validity = Validity(count: places.count)
        }
        let bytes = ColumnMemory(byteCount: size)
        let offsets = ColumnMemory(byteCount: (places.count + 1) * MemoryLayout<Int64>.stride)
        let start = unsafe bytes.elements(of: UInt8.self)
        let ends = unsafe offsets.elements(of: Int64.self)
        unsafe ends[0] = 0
        var end = 0
        for index in places.indices {
            let place = places[index]
            if let text = unsafe place.start { unsafe (start + end).update(from: text, count: place.count) }
            end += place.count
            unsafe ends[index + 1] = Int64(end)
        }
        self.init(
            bytes: ColumnBuffer(bytes, count: size), offsets: ColumnBuffer(offsets, count: places.count + 1), start: 0,
            validity: validity)
    }
}
