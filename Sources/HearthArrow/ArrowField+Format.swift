extension ArrowField.Layout {
    /// In Arrow's letters.
    public var format: String {
        switch self {
        case .vector(let dimension): "+w:\(dimension)"
        default: "\(fixedFormat)"
        }
    }

    /// The same, up to the number of a vector, which follows.
    var fixedFormat: StaticString {
        switch self {
        case .boolean: "b"
        case .integer32: "i"
        case .integer: "l"
        case .float: "f"
        case .number: "g"
        case .bytes(.bits32): "z"
        case .bytes(.bits64): "Z"
        case .text(.bits32): "u"
        case .text(.bits64): "U"
        case .list(.bits32): "+l"
        case .list(.bits64): "+L"
        case .vector: "+w:"
        case .record: "+s"
        }
    }

    /// The layout of a format; nil for one that no column has.
    public init?(format: String) {
        switch format {
        case "b": self = .boolean
        case "i": self = .integer32
        case "l": self = .integer
        case "f": self = .float
        case "g": self = .number
        case "z": self = .bytes(.bits32)
        case "Z": self = .bytes(.bits64)
        case "u": self = .text(.bits32)
        case "U": self = .text(.bits64)
        case "+l": self = .list(.bits32)
        case "+L": self = .list(.bits64)
        case "+s": self = .record
        default:
            // A dimension that is a 32-bit number in Arrow too.
            guard format.hasPrefix("+w:"), let dimension = Int32(format.dropFirst(3)), dimension >= 0 else {
                return nil
            }
            self = .vector(dimension: Int(dimension))
        }
    }

    /// How many children the type has; nil where that is up to the schema.
    var childCount: Int? {
        switch self {
        case .record: nil
        case .list, .vector: 1
        default: 0
        }
    }
}
