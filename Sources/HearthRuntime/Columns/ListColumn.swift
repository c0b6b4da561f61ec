/// A list of texts an item: the texts end to end, and where each list starts.
public struct ListColumn: Hashable, Sendable {
    public private(set) var values = BytesColumn()
    public private(set) var offsets: [Int] = [0]
    public private(set) var validity = Validity()

    public init() {}

    public init(_ lists: some Sequence<[String]?>) {
        for list in lists {
            for text in list ?? [] { appendValue(text.utf8) }
            finishList(isNull: list == nil)
        }
    }

    public var count: Int { offsets.count - 1 }

    /// Appends a text to the list under construction.
    public mutating func appendValue(_ value: some Collection<UInt8>) { values.append(value) }

    /// Ends the list of one item.
    public mutating func finishList(isNull: Bool = false) {
        offsets.append(values.count)
        validity.append(!isNull)
    }

    public func isNull(_ index: Int) -> Bool { !validity[index] }

    /// The indexes in ``values`` of an item's texts.
    public func range(_ index: Int) -> Range<Int> { offsets[index]..<offsets[index + 1] }
}
