/// Why something of Arrow's C interfaces cannot be read.
public enum ArrowError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A type that no column has; `format` as Arrow writes it. Dictionaries are among these, whatever their format.
    case unsupported(column: String, format: String)
    /// The description of the type is broken.
    case schema(column: String, Fault)
    /// The items are broken.
    case array(column: String, Fault)
    /// What a stream said of itself, with its error number.
    case stream(code: Int32, message: String)

    /// What is wrong with a structure.
    public enum Fault: Hashable, Sendable {
        /// It was given back already, or moved elsewhere.
        case released
        case noFormat
        case nameIsNoUTF8
        case nestedTooDeep
        case namedTwice(String)
        case children(found: Int, expected: Int)
        case childMissing(Int)
        case buffers(found: Int, expected: Int)
        /// A buffer that is needed is null, by its place.
        case bufferMissing(Int)
        case length(Int)
        case offset(Int)
        /// Offset and length are more than fits in memory.
        case tooLong
        /// The number of nulls is not that of the bits, or more than there are items.
        case nullCount(said: Int, found: Int)
        /// The offset behind this item is below the one before it, or below zero.
        case offsetsBackwards(item: Int)
        /// Items beyond what the child has.
        case beyondChild(needed: Int, has: Int)
        case invalidUTF8(item: Int)
        /// A vector with a null among its numbers.
        case nullInVector(item: Int)
    }

    public var description: String {
        switch self {
        case .unsupported(let column, let format): "column '\(column)': type '\(format)' is not supported"
        case .schema(let column, let fault): "column '\(column)', schema: \(fault)"
        case .array(let column, let fault): "column '\(column)': \(fault)"
        case .stream(let code, let message): "stream: error \(code): \(message)"
        }
    }

    /// The same of a column inside another.
    func inside(_ name: String) -> ArrowError {
        func path(_ column: String) -> String { name.isEmpty ? column : column.isEmpty ? name : "\(name).\(column)" }
        return switch self {
        case .unsupported(let column, let format): .unsupported(column: path(column), format: format)
        case .schema(let column, let fault): .schema(column: path(column), fault)
        case .array(let column, let fault): .array(column: path(column), fault)
        case .stream: self
        }
    }
}

extension ArrowError.Fault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .released: "was released before"
        case .noFormat: "has no format"
        case .nameIsNoUTF8: "has a name that is not UTF-8"
        case .nestedTooDeep: "is nested too deep"
        case .namedTwice(let name): "has two columns '\(name)'"
        case .children(let found, let expected): "has \(found) children and should have \(expected)"
        case .childMissing(let place): "child \(place) is missing"
        case .buffers(let found, let expected): "has \(found) buffers and should have \(expected)"
        case .bufferMissing(let place): "buffer \(place) is missing"
        case .length(let length): "its length is \(length)"
        case .offset(let offset): "its offset is \(offset)"
        case .tooLong: "is longer than any memory"
        case .nullCount(let said, let found): "is said to have \(said) nulls and has \(found)"
        case .offsetsBackwards(let item): "offsets run backwards at item \(item)"
        case .beyondChild(let needed, let has): "reaches to item \(needed) of a child that has \(has)"
        case .invalidUTF8(let item): "item \(item) is not UTF-8"
        case .nullInVector(let item): "the vector of item \(item) has a null in it"
        }
    }
}
