public import HearthRuntime

/// The type of a column in Arrow's terms, with its name: what a schema says.
public struct ArrowField: Hashable, Sendable {
    /// Types that columns can be made of.
    public enum Layout: Hashable, Sendable {
        case boolean
        case integer32
        case integer
        case float
        case number
        case bytes(OffsetWidth)
        case text(OffsetWidth)
        /// Of texts.
        case list(OffsetWidth)
        /// Of 32-bit floats.
        case vector(dimension: Int)
        case record
    }

    /// How large an offset is. Columns have 64-bit ones; the others are widened when they come in.
    public enum OffsetWidth: Hashable, Sendable { case bits32, bits64 }

    public var name: String
    public var layout: Layout
    /// Of a list and a vector one, of a record its columns, in their order.
    public var children: [ArrowField] = []
    public var isNullable = true

    /// A column's type. Columns of a record come in the order of their names.
    public init(_ column: Column, name: String = "") {
        self.name = name
        switch column.content {
        case .bytes: layout = .bytes(.bits64)
        case .text: layout = .text(.bits64)
        case .texts:
            layout = .list(.bits64)
            children = [ArrowField(name: "item", layout: .text(.bits64))]
        case .boolean: layout = .boolean
        case .integer32: layout = .integer32
        case .integer: layout = .integer
        case .float: layout = .float
        case .number: layout = .number
        case .vector(let vectors):
            layout = .vector(dimension: vectors.dimension)
            children = [ArrowField(name: "item", layout: .float)]
        case .record(let record):
            layout = .record
            isNullable = false
            for name in record.names {
                if let column = record[name] { children.append(ArrowField(column, name: name)) }
            }
        }
    }

    init(name: String, layout: Layout, children: [ArrowField] = [], isNullable: Bool = true) {
        self.name = name
        self.layout = layout
        self.children = children
        self.isNullable = isNullable
    }

    /// Whether columns go out under this description: they have 64-bit offsets.
    func describes(_ column: Column) -> Bool {
        switch (layout, column.content) {
        case (.boolean, .boolean), (.integer32, .integer32), (.integer, .integer), (.float, .float), (.number, .number),
            (.bytes(.bits64), .bytes), (.text(.bits64), .text):
            true
        case (.list(.bits64), .texts): children.first?.layout == .text(.bits64)
        case (.vector(let dimension), .vector(let vectors)): dimension == vectors.dimension
        case (.record, .record(let record)):
            children.count == record.columns.count
                && children.allSatisfy { field in record[field.name].map { field.describes($0) } ?? false }
        default: false
        }
    }
}
