/// The columns of a batch's result by the nodes that made them, in the order of the plan.
///
/// Names are the pipeline's and shared by all its results: a graph of a hundred thousand ends makes no table a batch.
public struct ResultColumns: Sendable {
    /// The names, and the place of each.
    final class Names: Sendable {
        let all: [String]
        private let places: [String: Int]

        init(_ names: [String]) {
            all = names
            places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        }

        func place(of name: String) -> Int? { places[name] }
    }

    private let nodes: Names
    /// In the order of ``names``.
    public let values: [Column]

    init(_ nodes: Names, _ values: [Column]) {
        self.nodes = nodes
        self.values = values
    }

    public init(_ columns: [String: Column]) {
        let columns = columns.sorted { $0.key < $1.key }
        self.init(Names(columns.map(\.key)), columns.map(\.value))
    }

    public var names: [String] { nodes.all }

    /// nil where the plan gives no such column. O(1).
    public subscript(name: String) -> Column? { nodes.place(of: name).map { values[$0] } }

    public var count: Int { values.count }
}

extension ResultColumns: Sequence {
    public func makeIterator() -> AnyIterator<(name: String, column: Column)> {
        var place = 0
        return AnyIterator {
            guard place < values.count else { return nil }
            defer { place += 1 }
            return (names[place], values[place])
        }
    }
}

extension ResultColumns: Equatable {
    /// In whichever order.
    public static func == (one: ResultColumns, other: ResultColumns) -> Bool {
        one.count == other.count && one.allSatisfy { other[$0.name] == $0.column }
    }
}

extension ResultColumns: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, Column)...) {
        self.init(Dictionary(elements) { $1 })
    }
}
