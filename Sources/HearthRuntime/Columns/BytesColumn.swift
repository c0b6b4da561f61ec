/// Byte strings end to end with their offsets and validity; texts are these too, in UTF-8.
public struct BytesColumn: Hashable, Sendable {
    /// May be longer than the items: what follows the last one is padding.
    public private(set) var bytes: [UInt8] = []
    /// Where each item starts, and where the last one ends.
    public private(set) var offsets: [Int] = [0]
    public private(set) var validity = Validity()

    public init() {}

    public init(_ texts: some Sequence<String?>) {
        for text in texts { append(text) }
    }

    public var count: Int { offsets.count - 1 }

    public mutating func reserve(items: Int, bytes count: Int) {
        bytes.reserveCapacity(count)
        offsets.reserveCapacity(items + 1)
    }

    /// Appends an item. Call only before ``pad(to:)``.
    public mutating func append(_ item: some Collection<UInt8>) {
        bytes.append(contentsOf: item)
        offsets.append(bytes.count)
        validity.append(true)
    }

    public mutating func append(_ text: String) { append(text.utf8) }

    public mutating func append(_ text: String?) {
        if let text { append(text) } else { appendNull() }
    }

    public mutating func appendNull() {
        offsets.append(bytes.count)
        validity.append(false)
    }

    /// Sees to it that at least `padding` readable bytes follow the last item, as vectorised parsers want.
    public mutating func pad(to padding: Int) {
        bytes.append(contentsOf: repeatElement(0, count: padding))
    }

    /// Where an item lies in ``bytes``; empty for a null.
    public func range(_ index: Int) -> Range<Int> { offsets[index]..<offsets[index + 1] }

    public func isNull(_ index: Int) -> Bool { !validity[index] }

    /// The bytes of an item, nil where it has no value. O(1).
    public subscript(_ index: Int) -> ArraySlice<UInt8>? { isNull(index) ? nil : bytes[range(index)] }

    /// The item as text, with what is no UTF-8 replaced. O(length).
    public func text(_ index: Int) -> String? {
        guard !isNull(index) else { return nil }
        return String(decoding: bytes[range(index)], as: UTF8.self)
    }
}
