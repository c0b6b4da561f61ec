/// Values side by side in memory that begins at a multiple of 64 bytes and has room to the next one, as Arrow lays it out.
///
/// A value: a copy shares the memory until one of the two is changed, and a part (`buffer[2..<5]`) shares it as well and keeps
/// its indexes, until it is changed: then it has memory of its own, and indexes from 0. What was imported lies in the memory of
/// whoever made it, at multiples of the element's alignment only. Safe to read from many threads.
@frozen
public struct ColumnBuffer<Element: BitwiseCopyable & Sendable>: Sendable {
    @usableFromInline package var memory: ColumnMemory
    public private(set) var startIndex: Int
    @usableFromInline var end: Int

    public init() {
        memory = .empty
        startIndex = 0
        end = 0
    }

    /// Room for `capacity` elements, none of them there.
    public init(capacity: Int) {
        self.init()
        if capacity > 0 { memory = ColumnMemory(byteCount: capacity * MemoryLayout<Element>.stride) }
    }

    /// Elements that lie in somebody else's memory.
    package init(_ memory: ColumnMemory, count: Int) {
        self.memory = memory
        startIndex = 0
        end = count
    }

    @inlinable
    public init(_ elements: some Sequence<Element>) {
        self.init(capacity: elements.underestimatedCount)
        append(contentsOf: elements)
    }

    public init(repeating element: Element, count: Int) {
        self.init(capacity: count)
        append(repeating: element, count: count)
    }
}

extension ColumnBuffer: RandomAccessCollection {
    @inlinable public var endIndex: Int { end }
    @inlinable public var count: Int { end - startIndex }
    @inlinable public var isEmpty: Bool { end == startIndex }

    /// The element at an index; traps beyond the ends. O(1).
    @inlinable
    public subscript(_ index: Int) -> Element {
        precondition(index >= startIndex && index < end, "index beyond the buffer")
        return unsafe memory.elements(of: Element.self)[index]
    }

    /// A part that shares the memory. O(1).
    public subscript(_ bounds: Range<Int>) -> ColumnBuffer {
        precondition(bounds.lowerBound >= startIndex && bounds.upperBound <= end, "range beyond the buffer")
        var part = self
        part.startIndex = bounds.lowerBound
        part.end = bounds.upperBound
        return part
    }

    @inlinable
    public func withContiguousStorageIfAvailable<R>(_ body: (UnsafeBufferPointer<Element>) throws -> R) rethrows -> R? {
        try unsafe withUnsafeBufferPointer(body)
    }

    /// The elements as they lie in memory; the pointer holds within `body` only.
    @inlinable
    public func withUnsafeBufferPointer<R, E: Error>(
        _ body: (UnsafeBufferPointer<Element>) throws(E) -> R
    ) throws(E) -> R {
        let start = unsafe memory.elements(of: Element.self) + startIndex
        return try unsafe body(UnsafeBufferPointer(start: start, count: end - startIndex))
    }

    /// Where the first element lies: the same for all who share the memory.
    public var address: UInt {
        unsafe UInt(bitPattern: memory.elements(of: Element.self) + startIndex)
    }
}

// MARK: Changing

extension ColumnBuffer {
    /// Sees to it that `count` more elements fit without another allocation.
    public mutating func reserve(_ count: Int) { makeRoom(for: count) }

    @inlinable
    public mutating func append(_ element: Element) {
        makeRoom(for: 1)
        unsafe memory.elements(of: Element.self)[end] = element
        end += 1
    }

    @inlinable
    public mutating func append(contentsOf elements: some Sequence<Element>) {
        let isDone: Void? = elements.withContiguousStorageIfAvailable { unsafe append(buffer: $0) }
        if isDone == nil {
            for element in elements { append(element) }
        }
    }

    @inlinable
    mutating func append(buffer source: UnsafeBufferPointer<Element>) {
        guard let first = source.baseAddress, source.count > 0 else { return }
        makeRoom(for: source.count)
        unsafe (memory.elements(of: Element.self) + end).update(from: first, count: source.count)
        end += source.count
    }

    @inlinable
    mutating func append(_ other: ColumnBuffer, _ range: Range<Int>) {
        precondition(range.lowerBound >= other.startIndex && range.upperBound <= other.end, "range beyond the buffer")
        makeRoom(for: range.count)
        unsafe (memory.elements(of: Element.self) + end).update(
            from: other.memory.elements(of: Element.self) + range.lowerBound, count: range.count)
        end += range.count
    }

    public mutating func append(repeating element: Element, count: Int) {
        guard count > 0 else { return }
        makeRoom(for: count)
        unsafe (memory.elements(of: Element.self) + end).update(repeating: element, count: count)
        end += count
    }

    /// Changes elements in place.
    @inlinable
    public mutating func withUnsafeMutableBufferPointer<R>(
        _ body: (UnsafeMutableBufferPointer<Element>) throws -> R
    ) rethrows -> R {
        makeRoom(for: 0)
        let start = unsafe memory.elements(of: Element.self) + startIndex
        return try unsafe body(UnsafeMutableBufferPointer(start: start, count: end - startIndex))
    }

    /// After it the memory is this value's alone, and `count` elements fit behind the last one.
    @inlinable
    mutating func makeRoom(for count: Int) {
        let needed = (end + count) * MemoryLayout<Element>.stride
        // A part moves in any case: where its elements are is not to depend on whether the whole is still there.
        if startIndex == 0, isKnownUniquelyReferenced(&memory), needed <= memory.byteCapacity { return }
        move(roomFor: count)
    }

    @usableFromInline
    mutating func move(roomFor count: Int) {
        let (used, stride) = (end - startIndex, MemoryLayout<Element>.stride)
        let isAlone = isKnownUniquelyReferenced(&memory)
        // Twice as much where it grew by appending, so that appending costs O(1).
        let capacity = Swift.max(used + count, isAlone ? used * 2 : 0)
        let new = ColumnMemory(byteCount: capacity * stride)
        unsafe new.elements(of: Element.self).update(from: memory.elements(of: Element.self) + startIndex, count: used)
        memory = new
        startIndex = 0
        end = used
    }
}

extension ColumnBuffer: Equatable where Element: Equatable {
    public static func == (one: ColumnBuffer, other: ColumnBuffer) -> Bool { one.elementsEqual(other) }
}

extension ColumnBuffer: Hashable where Element: Hashable {
    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        for element in self { hasher.combine(element) }
    }
}

extension ColumnBuffer: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Element...) { self.init(elements) }
}
