internal import HearthRuntime

/// Texts and lists of texts → one text: all that is there, with spaces between.
struct JoinedColumnsNode: NodeBody {
    let inputs: [ColumnType]
    let output = ColumnType.text
    let traits = NodeTraits.itemwise

    /// - Parameter types: of texts, or of lists of them.
    init(_ types: [ColumnType]) { inputs = types }

    func evaluate(_ input: borrowing NodeInput) throws -> NodeOutput {
        var joined = BytesColumn()
        var text: [UInt8] = []
        func add(_ part: some Collection<UInt8>) {
            if !text.isEmpty { text.append(UInt8(ascii: " ")) }
            text.append(contentsOf: part)
        }
        for item in 0..<input.count {
            text.removeAll(keepingCapacity: true)
            for place in 0..<input.columnCount {
                switch inputs[place] {
                case .texts:
                    let list = try input.lists(place)
                    for value in list.range(item) { add(list.values.bytes[list.values.range(value)]) }
                default:
                    if let value = try input.texts(place)[item] { add(value) }
                }
            }
            if text.isEmpty { joined.appendNull() } else { joined.append(text) }
        }
        return NodeOutput(.text(joined))
    }
}
