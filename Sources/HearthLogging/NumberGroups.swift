/// Digits in groups with one separator between each two: `4111 1111 1111 1111`, `030/123 45-67`. Stops where two
/// separators follow each other, and after eight groups.
struct NumberGroups {
    static let most = 8

    private(set) var count = 0
    private(set) var lengths = InlineArray<8, Int>(repeating: 0)
    private(set) var ends = InlineArray<8, Int>(repeating: 0)
    /// Before each group; of the first there is none.
    private(set) var separators = InlineArray<8, UInt8>(repeating: 0)

    /// Groups of at most 20 digits, separated by one of these.
    init(_ bytes: Span<UInt8>, from start: Int, separatedBy isSeparator: (UInt8) -> Bool) {
        var position = start
        while count < Self.most {
            let end = bytes.digits(from: position, limit: 20)
            guard end > position else { return }
            let separator = bytes.at(end)
            let isLast = separator.map(isSeparator) != true || bytes.at(end + 1)?.isDigit != true
            // Digits that go on as something else are no group.
            if isLast, bytes.goesOn(at: end) { return }
            if position > start { separators[count] = bytes[position - 1] }
            lengths[count] = end - position
            ends[count] = end
            count += 1
            guard !isLast else { return }
            position = end + 1
        }
    }

    /// Digits of the first so many groups.
    func digits(_ groups: Int) -> Int { (0..<groups).reduce(0) { $0 + lengths[$1] } }
}
