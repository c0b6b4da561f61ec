/// An array in pages of its own, which go back to the system as soon as nobody holds it.
///
/// For tables of a megabyte that are made in a user's process: what the allocator frees of such a size it keeps for the thread
/// that had it, and takes as a sign to keep more from then on. Room that is reserved and not used takes no memory.
///
/// A value type, copied when one of two that share the pages is changed. Stops the process where the system has no memory
/// left, as an array does. An empty one has no pages.
@safe public struct PageArray<Element: BitwiseCopyable & Sendable>: Sendable {
    private var pages: Pages?
    public private(set) var count = 0

    public init() {}

    public init(_ elements: some Collection<Element>) {
        reserveCapacity(elements.count)
        for element in elements { append(element) }
    }

    /// Elements that find room without other pages.
    public var capacity: Int { (pages?.byteCount ?? 0) / MemoryLayout<Element>.stride }

    /// O(count) when the pages are others' too or too few.
    public mutating func reserveCapacity(_ wanted: Int) {
        guard wanted > capacity || !isKnownUniquelyReferenced(&pages) else { return }
        move(to: Swift.max(wanted, count))
    }

    /// O(1) on average.
    public mutating func append(_ element: Element) {
        if count == capacity || !isKnownUniquelyReferenced(&pages) { move(to: Swift.max(count * 2, 512)) }
        unsafe start.unsafelyUnwrapped[count] = element
        count += 1
    }

    /// - Precondition: not empty.
    public mutating func removeLast() {
        precondition(count > 0, "nothing to remove")
        count -= 1
    }

    /// Where the elements are, as long as somebody holds this array or a copy that was not changed; nil when it is empty.
    @unsafe public var start: UnsafeMutablePointer<Element>? {
        unsafe pages?.start.assumingMemoryBound(to: Element.self)
    }

    private mutating func move(to capacity: Int) {
        guard capacity > 0 else { return }
        let new = Pages(byteCount: capacity * MemoryLayout<Element>.stride)
        if let old = pages {
            unsafe new.start.copyMemory(from: old.start, byteCount: count * MemoryLayout<Element>.stride)
        }
        pages = new
    }
}

extension PageArray: RandomAccessCollection, MutableCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { count }

    public subscript(position: Int) -> Element {
        get {
            precondition(position >= 0 && position < count, "index out of range")
            return unsafe start.unsafelyUnwrapped[position]
        }
        set {
            precondition(position >= 0 && position < count, "index out of range")
            if !isKnownUniquelyReferenced(&pages) { move(to: count) }
            unsafe start.unsafelyUnwrapped[position] = newValue
        }
    }

    public func withContiguousStorageIfAvailable<Result>(
        _ body: (UnsafeBufferPointer<Element>) throws -> Result
    ) rethrows -> Result? {
        try withExtendedLifetime(pages) { try unsafe body(UnsafeBufferPointer(start: start, count: count)) }
    }

    public mutating func withContiguousMutableStorageIfAvailable<Result>(
        _ body: (inout UnsafeMutableBufferPointer<Element>) throws -> Result
    ) rethrows -> Result? {
        if !isKnownUniquelyReferenced(&pages) { move(to: count) }
        var buffer = unsafe UnsafeMutableBufferPointer(start: start, count: count)
        return try unsafe body(&buffer)
    }
}

extension PageArray: Equatable where Element: Equatable {
    public static func == (left: Self, right: Self) -> Bool { left.elementsEqual(right) }
}

extension PageArray: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Element...) { self.init(elements) }
}
